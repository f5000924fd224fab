package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Paths of requests, as seen from where the handler is mounted. */
final class RequestPath {
  private RequestPath() {}

  /** Returns the path that the handler is mounted at, without a slash at its end. */
  static String base(HttpExchange exchange) {
    String path = exchange.getHttpContext().getPath();
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /**
   * Returns the decoded segments below the base, one slash at the end left out; null if the path is
   * not below it.
   */
  static String @Nullable [] segments(HttpExchange exchange) {
    String base = base(exchange);
    String path = exchange.getRequestURI().getRawPath();
    // The JDK hands what is under /foobar to the context /foo.
    if (path == null || !path.startsWith(base + '/')) {
      return null;
    }
    // Split first and decode then: an encoded slash divides nothing.
    String below = path.substring(base.length() + 1);
    int end = below.length() > 1 && below.endsWith("/") ? below.length() - 1 : below.length();
    String[] segments = below.substring(0, end).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      segments[i] = decode(segments[i]);
    }
    return segments;
  }

  static String decode(String text) {
    // URLDecoder is for forms, where a plus is a space. A URI's escapes were checked by its parser.
    return text.indexOf('%') < 0
        ? text
        : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
