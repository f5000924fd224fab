package dev.rollcall.http.server.routing;

import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseBody;
import dev.rollcall.http.server.spi.ServerExchange;
import java.util.List;
import java.util.Set;

/**
 * Lets pages of origins that the operator names read answers in browsers, as the Fetch standard's
 * CORS protocol has it. Reads alone: no origin but the server's own ever writes.
 */
public final class Cors {
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
  public Cors(Set<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  /** Returns whether a browser asks, before it reads, if a page of a named origin may. */
  boolean isPreflightOfRead(ServerExchange exchange) {
    return exchange.method().equals("OPTIONS")
        && READS.contains(first(exchange, "Access-Control-Request-Method"))
        && isNamed(origin(exchange));
  }

  /** Adds what lets the browser show an answer to the page, if the page may read it. */
  public void addTo(Request request, Response answer) {
    if (origins.isEmpty()) {
      return;
    }
    ServerExchange exchange = request.exchange();
    if (!READS.contains(exchange.method()) && !exchange.method().equals("OPTIONS")) {
      return;
    }
    String others = answer.headers().getOrDefault("Vary", "");
    exchange.setHeader("Vary", others.isEmpty() ? "Origin" : others + ", Origin");
    String origin = origin(exchange);
    if (!isNamed(origin)) {
      return;
    }
    exchange.setHeader("Access-Control-Allow-Origin", origin);
    if (request.endpoint().name().equals(PREFLIGHT.name())) {
      exchange.setHeader("Access-Control-Allow-Methods", "GET, HEAD");
      exchange.setHeader(
          "Access-Control-Allow-Headers",
          "Authorization, X-Service-Key, X-Request-Id, If-None-Match, Last-Event-ID");
      exchange.setHeader("Access-Control-Max-Age", "600"); // seconds
    } else {
      exchange.setHeader(
          "Access-Control-Expose-Headers",
          "Date, ETag, Retry-After, X-Registry-Stale-Since, X-Request-Id");
    }
  }

  private boolean isNamed(String origin) {
    return origins.contains(origin);
  }

  private static String origin(ServerExchange exchange) {
    return first(exchange, "Origin");
  }

  /** Returns the first value of a header, or an empty text. */
  private static String first(ServerExchange exchange, String name) {
    List<String> values = exchange.headers(name);
    return values.isEmpty() ? "" : values.get(0);
  }
}
