package dev.rollcall.http.server;

import com.sun.net.httpserver.Headers;
import java.util.concurrent.atomic.AtomicBoolean;

/** The headers that each answer has, whatever it is the answer to. */
final class CommonHeaders {
  private static final int FIRST_ERROR = 400;

  private final AtomicBoolean isDraining;
  private final Cors cors;

  CommonHeaders(AtomicBoolean isDraining, Cors cors) {
    this.isDraining = isDraining;
    this.cors = cors;
  }

  /** Adds them to what goes back. */
  void add(Request request, Response answer) {
    Headers headers = request.exchange().getResponseHeaders();
    headers.set("Content-Type", answer.contentType());
    // A browser that guesses types could take a service's text for a page.
    headers.set("X-Content-Type-Options", "nosniff");
    if (answer.status() >= FIRST_ERROR) {
      headers.set("Cache-Control", "no-store");
    }
    if (isDraining.get()) {
      // The client's next request goes to another server, by a new connection.
      headers.set("Connection", "close");
    }
    cors.addTo(request, headers);
    answer.headers().forEach(headers::set);
  }
}
