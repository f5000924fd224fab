package dev.rollcall.http.server.request;

import dev.rollcall.discovery.Query;
import dev.rollcall.http.server.problem.ProblemException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request for the list of services asks for.
 *
 * @param query which services
 * @param maxWait how long to wait for a change; empty for an answer at once
 */
public record ListRequest(Query query, Optional<Duration> maxWait) {
  /** The longest wait, in seconds. */
  private static final int MAX_WAIT = 50;

  private static final String INFO = "info.";

  private static final Parameters OF_LIST =
      new Parameters(
          Set.of("name", "limit", "after", "wait", "lease"), "name, info.…, limit, after and wait");

  private static final Parameters OF_TARGETS =
      new Parameters(Set.of("name", "lease"), "name and info.…");

  /**
   * Reads a query string.
   *
   * @param raw what follows the question mark, with its escapes; null if there is no question mark
   * @throws ProblemException if it is malformed; the problem names what is wrong with each
   *     parameter
   */
  public static ListRequest of(@Nullable String raw) {
    return parse(raw, OF_LIST);
  }

  /**
   * Reads the query string of a request for targets of Prometheus: of these there are no pages, and
   * nothing waits for them.
   *
   * @param raw what follows the question mark, with its escapes; null if there is no question mark
   * @throws ProblemException if it is malformed; the problem names what is wrong with each
   *     parameter
   */
  public static ListRequest ofTargets(@Nullable String raw) {
    return parse(raw, OF_TARGETS);
  }

  private static ListRequest parse(@Nullable String raw, Parameters parameters) {
    return raw == null || raw.isEmpty()
        ? new ListRequest(Query.all(), Optional.empty())
        : new Parser(parameters).parse(raw);
  }

  /**
   * What a query string may have, beside the members of the info.
   *
   * @param names of the parameters
   * @param shown all that a client is told of
   */
  private record Parameters(Set<String> names, String shown) {}

  /** Makes a request of the parameters. */
  private static final class Parser {
    private final Parameters parameters;
    private final QueryString text = new QueryString();
    private Query query = Query.all();
    private Optional<Duration> maxWait = Optional.empty();

    Parser(Parameters parameters) {
      this.parameters = parameters;
    }

    ListRequest parse(String raw) {
      text.read(raw, this::read);
      if (maxWait.isPresent() && query.isPaged()) {
        text.reject("wait", "cannot be combined with limit or after");
      }
      text.check();
      return new ListRequest(query, maxWait);
    }

    private void read(String name, String value) {
      if (name.startsWith(INFO)) {
        query = query.where(name, value);
        return;
      }
      if (!parameters.names().contains(name)) {
        throw new IllegalArgumentException(
            "is not a parameter of this list; those are " + parameters.shown());
      }
      switch (name) {
        case "name" -> query = query.or(value);
        case "limit" ->
            query = query.limit(QueryString.number(text.once(name, value), Query.MAX_LIMIT));
        case "after" -> query = query.after(text.once(name, value));
        case "wait" ->
            maxWait =
                Optional.of(
                    Duration.ofSeconds(QueryString.number(text.once(name, value), MAX_WAIT)));
        default -> {
          // A client may send the lease id of a service with each of its requests.
        }
      }
    }
  }
}
