package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests that are being handled. */
final class InFlight implements HttpHandler {
  private final HttpHandler handler;
  private final LongAdder count = new LongAdder();

  InFlight(HttpHandler handler) {
    this.handler = handler;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    count.increment();
    try {
      handler.handle(exchange);
    } finally {
      count.decrement();
    }
  }

  boolean isZero() {
    return count.sum() == 0;
  }
}
