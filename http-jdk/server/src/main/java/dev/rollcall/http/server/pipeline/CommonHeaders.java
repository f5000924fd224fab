package dev.rollcall.http.server.pipeline;

import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.routing.Cors;
import dev.rollcall.http.server.spi.ServerExchange;
import java.util.concurrent.atomic.AtomicBoolean;

/** The headers that each answer has, whatever it is the answer to. */
public final class CommonHeaders {
  private static final int FIRST_ERROR = 400;

  private final AtomicBoolean isDraining;
  private final Cors cors;

  public CommonHeaders(AtomicBoolean isDraining, Cors cors) {
    this.isDraining = isDraining;
    this.cors = cors;
  }

  /** Adds them to what goes back. */
  void add(Request request, Response answer) {
    ServerExchange exchange = request.exchange();
    exchange.setHeader("Content-Type", answer.contentType());
    // A browser that guesses types could take a service's text for a page.
    exchange.setHeader("X-Content-Type-Options", "nosniff");
    if (answer.status() >= FIRST_ERROR) {
      exchange.setHeader("Cache-Control", "no-store");
    }
    if (isDraining.get()) {
      // The client's next request goes to another server, by a new connection.
      exchange.setHeader("Connection", "close");
    }
    answer.headers().forEach(exchange::setHeader);
    cors.addTo(request, answer);
  }
}
