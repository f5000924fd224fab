package dev.rollcall.http.client;

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
 * @param type the problem's type, empty if it has none
 * @param text what went wrong, as the registry has it; empty if it does not say, or says it in HTML
 * @param isOfRegistry whether a registry wrote it, and not what stands before or in place of one
 */
record ProblemBody(String type, String text, boolean isOfRegistry) {
  /** How Rollcall and servicekit name their problems. FastAPI's have no type. */
  private static final String TYPES = "urn:";

  /** What the types of Rollcall's own problems start with. */
  static final String ROLLCALL = "urn:rollcall:error:";

  private static final String UNKNOWN_SERVICE = ":not-found";

  /** What any FastAPI application says of a path or a method that it does not have. */
  private static final Set<String> NO_ROUTE = Set.of("Not Found", "Method Not Allowed");

  static ProblemBody of(byte[] body) {
    Map<?, ?> problem = LenientJson.object(body);
    if (problem.isEmpty()) {
      String text = new String(body, StandardCharsets.UTF_8).strip();
      return new ProblemBody("", text.startsWith("<") ? "" : text, false);
    }
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
   * Returns whether a registry made with FastAPI wrote a problem that has no type. By RFC 9457 a
   * problem with a title and no type says no more than its status, as any application may.
   */
  private static boolean isOfFastApi(Map<?, ?> problem) {
    return problem.containsKey("detail")
        && !problem.containsKey("title")
        && !(problem.get("detail") instanceof String detail && NO_ROUTE.contains(detail));
  }

  /** Returns whether this, with a 404, says that the registry does not know the service. */
  boolean isOfUnknownService() {
    return isOfRegistry && (type.isEmpty() || type.endsWith(UNKNOWN_SERVICE));
  }

  /** Returns whether a Rollcall server wrote it. */
  boolean isOfRollcall() {
    return type.startsWith(ROLLCALL);
  }

  private static List<?> listIn(Map<?, ?> problem, String name) {
    return problem.get(name) instanceof List<?> list ? list : List.of();
  }

  /** Adds a part, unless it is none or has been said: one error alone is the detail, too. */
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
