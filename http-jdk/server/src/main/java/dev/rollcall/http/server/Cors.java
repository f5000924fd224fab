package dev.rollcall.http.server;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of origins that the operator names read answers in browsers, as the Fetch standard's
 * CORS protocol has it. Reads alone: no origin but the server's own ever writes.
 */
final class Cors {
  private static final int NO_CONTENT = 204;
  private static final Set<String> READS = Set.of("GET", "HEAD");

  /**
   * Answers a browser that asks before it reads. Such a request carries no key, so none is asked
   * for.
   */
  static final Endpoint PREFLIGHT =
      new Endpoint(
          "preflight",
          RequestKind.NONE,
          request -> Response.of(NO_CONTENT, "text/plain", ResponseBody.EMPTY));

  private final Set<String> origins;

  /** Makes it, of origins as browsers send them. */
  Cors(Set<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  /** Returns whether a browser asks, before it reads, if a page of a named origin may. */
  boolean isPreflightOfRead(HttpExchange exchange) {
    String method = exchange.getRequestHeaders().getFirst("Access-Control-Request-Method");
    return exchange.getRequestMethod().equals("OPTIONS")
        && method != null
        && READS.contains(method)
        && isNamed(origin(exchange));
  }

  /** Adds what lets the browser show an answer to the page, if the page may read it. */
  void addTo(Request request, Headers answer) {
    HttpExchange exchange = request.exchange();
    boolean isRead =
        READS.contains(exchange.getRequestMethod())
            || exchange.getRequestMethod().equals("OPTIONS");
    if (origins.isEmpty() || !isRead) {
      return;
    }
    answer.set("Vary", "Origin");
    @Nullable String origin = origin(exchange);
    if (origin == null || !isNamed(origin)) {
      return;
    }
    answer.set("Access-Control-Allow-Origin", origin);
    if (request.endpoint().name().equals(PREFLIGHT.name())) {
      answer.set("Access-Control-Allow-Methods", "GET, HEAD");
      answer.set("Access-Control-Allow-Headers", "X-Service-Key, X-Request-Id, If-None-Match");
      answer.set("Access-Control-Max-Age", "600"); // seconds
    } else {
      answer.set("Access-Control-Expose-Headers", "Date, ETag, Retry-After, X-Request-Id");
    }
  }

  private boolean isNamed(@Nullable String origin) {
    return origin != null && origins.contains(origin);
  }

  private static @Nullable String origin(HttpExchange exchange) {
    return exchange.getRequestHeaders().getFirst("Origin");
  }
}
