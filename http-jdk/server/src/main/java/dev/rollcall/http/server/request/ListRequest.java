package dev.rollcall.http.server.request;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.discovery.Query;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.Problem.Fault;
import dev.rollcall.http.server.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
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

  /** All names and conditions that a query can have, and some that are the same or are wrong. */
  private static final int MAX_PARAMETERS = 200;

  private static final String INFO = "info.";

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private static final Parameters OF_LIST =
      new Parameters(
          Set.of("name", "limit", "after", "wait", "lease"), "name, info.…, limit, after and wait");

  private static final Parameters OF_TARGETS =
      new Parameters(Set.of("name", "lease"), "name and info.…");

  /** How many faults are named at most. */
  private static final int MAX_FAULTS = 20;

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

  /** Reads one parameter after the other, and stops at the first that is one too many. */
  private static final class Parser {
    private final Parameters parameters;
    private final Set<String> single = new HashSet<>();
    private final Set<Fault> faults = new LinkedHashSet<>();
    private Query query = Query.all();
    private Optional<Duration> maxWait = Optional.empty();

    Parser(Parameters parameters) {
      this.parameters = parameters;
    }

    ListRequest parse(String raw) {
      int count = 0;
      for (int from = 0; from <= raw.length() && faults.size() < MAX_FAULTS; count++) {
        if (count == MAX_PARAMETERS) {
          reject("", "has more than " + MAX_PARAMETERS + " parameters");
          break;
        }
        int separator = raw.indexOf('&', from);
        int to = separator < 0 ? raw.length() : separator;
        if (to > from) {
          read(raw.substring(from, to));
        }
        from = to + 1;
      }
      if (maxWait.isPresent() && query.isPaged()) {
        reject("wait", "cannot be combined with limit or after");
      }
      if (!faults.isEmpty()) {
        throw new ProblemException(Problem.invalidQuery(new ArrayList<>(faults)));
      }
      return new ListRequest(query, maxWait);
    }

    private void read(String parameter) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      try {
        name = decode(name);
        if (equals < 0) {
          throw new IllegalArgumentException("needs a value, as in " + name + "=…");
        }
        read(name, decode(parameter.substring(equals + 1)));
      } catch (IllegalArgumentException e) {
        reject(name, e.getMessage());
      }
    }

    /** Decodes strictly: what is not UTF-8 would be compared as something that nobody sent. */
    private static String decode(String text) {
      if (text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
        throw new IllegalArgumentException("has characters that need percent-encoding");
      }
      try {
        byte[] bytes = RequestTarget.decode(text, ISO_8859_1).getBytes(ISO_8859_1);
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (IllegalArgumentException | CharacterCodingException e) {
        throw new IllegalArgumentException(
            "has an escape that is not a percent sign and two hexadecimal digits, or escapes that"
                + " are not UTF-8",
            e);
      }
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
        case "limit" -> query = query.limit(number(once(name, value), Query.MAX_LIMIT));
        case "after" -> query = query.after(once(name, value));
        case "wait" ->
            maxWait = Optional.of(Duration.ofSeconds(number(once(name, value), MAX_WAIT)));
        default -> {
          // A client may send the lease id of a service with each of its requests.
        }
      }
    }

    private String once(String name, String value) {
      if (!single.add(name)) {
        throw new IllegalArgumentException("may be given only once");
      }
      return value;
    }

    private static int number(String text, int max) {
      int number = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
      if (number < 1 || number > max) {
        throw new IllegalArgumentException("must be a whole number from 1 to " + max);
      }
      return number;
    }

    private void reject(String parameter, String detail) {
      faults.add(Fault.ofParameter(parameter, detail));
    }
  }
}
