package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Counts the requests that are being handled. */
final class InFlight implements HttpHandler {
  private static final long SETTLE_NANOS = 100_000_000;
  private static final long POLL_NANOS = 1_000_000;

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

  /**
   * Says whether no request is being handled. Waits a moment before it says no: a client has its
   * answer a little before the handler has returned.
   */
  boolean isZero() {
    long start = System.nanoTime();
    while (count.sum() != 0) {
      if (System.nanoTime() - start >= SETTLE_NANOS) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }
}
