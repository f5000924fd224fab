package dev.rollcall.http.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    boolean isOfRegistry = type.isEmpty() ? problem.containsKey("detail") : type.startsWith(TYPES);
    return new ProblemBody(type, String.join("; ", parts), isOfRegistry);
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
