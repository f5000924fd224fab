package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request on its way through the {@link Pipeline}, on one thread at a time. */
final class Request {
  private final HttpExchange exchange;
  private final Endpoint endpoint;
  private final ServiceReference reference;
  private final long startNanos = System.nanoTime();
  private @Nullable RequestBody body;

  /**
   * Makes a request whose body has not been read.
   *
   * @param exchange the JDK's side of it
   * @param endpoint what it asks for
   * @param reference which service it is about
   */
  Request(HttpExchange exchange, Endpoint endpoint, ServiceReference reference) {
    this.exchange = exchange;
    this.endpoint = endpoint;
    this.reference = reference;
  }

  HttpExchange exchange() {
    return exchange;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  ServiceReference reference() {
    return reference;
  }

  /** Returns when its head had been read, by {@link System#nanoTime}. */
  long startNanos() {
    return startNanos;
  }

  /** Returns the body; only for an endpoint that takes one. */
  RequestBody body() {
    return Objects.requireNonNull(body, "body");
  }

  void setBody(RequestBody body) {
    this.body = body;
  }

  /** Gives back what the body takes of memory, if there is one. */
  void forgetBody() {
    if (body != null) {
      body.close();
    }
  }

  /** Returns the path as it was sent. */
  String path() {
    return exchange.getRequestURI().getRawPath();
  }

  /** Returns the value of a header; empty if there is none, or more than one. */
  String header(String name) {
    var values = exchange.getRequestHeaders().get(name);
    return values == null || values.size() != 1 ? "" : values.get(0);
  }

  /** Returns the address that the connection came from. */
  InetAddress client() {
    return exchange.getRemoteAddress().getAddress();
  }
}
