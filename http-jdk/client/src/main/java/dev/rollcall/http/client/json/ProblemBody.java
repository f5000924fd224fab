package dev.rollcall.http.client.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the body of an error says: a problem of RFC 9457, FastAPI's {@code detail}, or plain text.
 *
 * @param type the problem's type; empty if it has no type
 * @param text what went wrong, in the registry's words; empty if there are none, or the body is
 *     HTML
 * @param isOfRegistry whether a registry wrote it, and not a proxy or another application
 */
public record ProblemBody(String type, String text, boolean isOfRegistry) {
  /** The prefix of Rollcall's and servicekit's types of problems. FastAPI's have no type. */
  private static final String TYPES = "urn:";

  /** The prefix of the types of Rollcall's own problems. */
  public static final String ROLLCALL = "urn:rollcall:error:";

  private static final String UNKNOWN_SERVICE = ":not-found";

  /** What any FastAPI application answers for a path or a method that does not exist. */
  private static final Set<String> NO_ROUTE = Set.of("Not Found", "Method Not Allowed");

  public static ProblemBody of(byte[] body) {
    Map<?, ?> problem = LenientJson.object(body);
    if (problem.isEmpty()) {
      String text = new String(body, StandardCharsets.UTF_8).strip();
      return new ProblemBody("", text.startsWith("<") ? "" : text, false);
    }
    return of(problem);
  }

  /** Reads a problem from its fields. */
  public static ProblemBody of(Map<?, ?> problem) {
    List<String> parts = new ArrayList<>();
    add(parts, problem.get("detail") instanceof String detail ? detail : problem.get("title"));
    for (Object error : listIn(problem, "errors")) {
      add(parts, located(error, "pointer", "detail"));
    }
    for (Object error : listIn(problem, "detail")) {
      add(parts, located(error, "loc", "msg"));
    }
    String type = problem.get("type") instanceof String name ? name : "";
    boolean isOfRegistry = type.isEmpty() ? isOfFastApi(problem) : type.startsWith(TYPES);
    return new ProblemBody(type, String.join("; ", parts), isOfRegistry);
  }

  /**
   * Returns whether a registry built with FastAPI wrote a problem that has no type. By RFC 9457 a
   * problem with a title and without a type says no more than its status, as any application may.
   */
  private static boolean isOfFastApi(Map<?, ?> problem) {
    return problem.containsKey("detail")
        && !problem.containsKey("title")
        && !(problem.get("detail") instanceof String detail && NO_ROUTE.contains(detail));
  }

  /** Returns whether this, with a 404, says that the registry does not know the service. */
  public boolean isOfUnknownService() {
    return isOfRegistry && (type.isEmpty() || type.endsWith(UNKNOWN_SERVICE));
  }

  /** Returns whether a Rollcall server wrote it. */
  public boolean isOfRollcall() {
    return type.startsWith(ROLLCALL);
  }

  private static List<?> listIn(Map<?, ?> problem, String name) {
    return problem.get(name) instanceof List<?> list ? list : List.of();
  }

  /** Adds a text, unless it is empty or a duplicate: a single error is repeated as the detail. */
  private static void add(List<String> parts, @Nullable Object part) {
    if (part instanceof String text && !text.isEmpty() && !parts.contains(text)) {
      parts.add(text);
    }
  }

  private static @Nullable String located(Object error, String where, String what) {
    if (!(error instanceof Map<?, ?> fields) || !(fields.get(what) instanceof String message)) {
      return null;
    }
    if (fields.get(where) instanceof List<?> steps) {
      return steps.stream().map(String::valueOf).collect(Collectors.joining("/", "/", ": "))
          + message;
    }
    return fields.get(where) instanceof String pointer ? pointer + ": " + message : message;
  }
}
