package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The headers that a proxy adds. Anybody can write them, so they count only where it is trusted.
 */
final class ForwardedHeaders {
  private ForwardedHeaders() {}

  /** Returns what the nearest proxy wrote: the last value of the last header; empty if none. */
  static String last(HttpExchange exchange, String name) {
    @Nullable List<String> values = exchange.getRequestHeaders().get(name);
    if (values == null || values.isEmpty()) {
      return "";
    }
    String value = values.get(values.size() - 1);
    return value.substring(value.lastIndexOf(',') + 1).trim();
  }
}
