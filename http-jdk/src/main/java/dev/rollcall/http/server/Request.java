package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;

/**
 * One request on its way through the {@link Pipeline}.
 *
 * @param exchange the JDK's side of it
 * @param endpoint what it asks for
 * @param target which service it is about
 */
record Request(HttpExchange exchange, Endpoint endpoint, Target target) {
  /** Returns the path as it was sent. */
  String path() {
    return exchange.getRequestURI().getRawPath();
  }

  /** Returns the first value of a header; empty if there is none. */
  String header(String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  /** Returns the address that the connection came from. */
  InetAddress client() {
    return exchange.getRemoteAddress().getAddress();
  }
}
