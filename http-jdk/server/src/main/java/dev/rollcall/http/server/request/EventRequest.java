package dev.rollcall.http.server.request;

import dev.rollcall.history.EventQuery;
import dev.rollcall.http.server.problem.ProblemException;
import dev.rollcall.http.wire.Timestamps;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads what a request for the newest events asks for. */
public final class EventRequest {
  private final QueryString text = new QueryString();
  private EventQuery query = EventQuery.newest();

  private EventRequest() {}

  /**
   * Reads a query string.
   *
   * @param raw what follows the question mark, with its escapes; null if there is no question mark
   * @throws ProblemException if it is malformed; the problem names what is wrong with each
   *     parameter
   */
  public static EventQuery of(@Nullable String raw) {
    EventRequest request = new EventRequest();
    request.text.read(raw == null ? "" : raw, request::read);
    request.text.check();
    return request.query;
  }

  private void read(String name, String value) {
    switch (name) {
      case "name" -> query = query.named(value);
      case "since" -> query = query.since(time(text.once(name, value)));
      case "limit" ->
          query = query.limit(QueryString.number(text.once(name, value), EventQuery.MAX_LIMIT));
      case "lease" -> {
        // A client may send the lease id of a service with each of its requests.
      }
      default ->
          throw new IllegalArgumentException(
              "is not a parameter of the events; those are name, since and limit");
    }
  }

  private static Instant time(String text) {
    try {
      return Timestamps.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "must be a time as in RFC 3339, such as 2026-11-23T18:01:32Z", e);
    }
  }
}
