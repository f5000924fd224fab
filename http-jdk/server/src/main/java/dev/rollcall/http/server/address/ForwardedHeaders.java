package dev.rollcall.http.server.address;

import dev.rollcall.http.server.spi.ServerExchange;
import java.util.List;

/**
 * The headers that a proxy adds. Anybody can write them, so they count only where it is trusted.
 */
final class ForwardedHeaders {
  private ForwardedHeaders() {}

  /** Returns what the nearest proxy wrote: the last value of the last header; empty if none. */
  static String last(ServerExchange exchange, String name) {
    List<String> values = exchange.headers(name);
    if (values.isEmpty()) {
      return "";
    }
    String value = values.get(values.size() - 1);
    return value.substring(value.lastIndexOf(',') + 1).trim();
  }
}
