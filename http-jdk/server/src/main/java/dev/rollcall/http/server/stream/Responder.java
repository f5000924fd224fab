package dev.rollcall.http.server.stream;

import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Sends responses after the request's own thread has left it, and reports them. */
public interface Responder {
  /**
   * Sends the head of a response whose body ends when it is {@linkplain #end ended}.
   *
   * @throws IOException if the client is gone
   */
  OutputStream begin(Request request, AsyncServerExchange exchange, Response head)
      throws IOException;

  /**
   * Ends a response that has begun, or ends its connection if something has failed, and reports the
   * request. Never throws.
   *
   * @param failure why the response is not whole; null if it is
   */
  void end(
      Request request, AsyncServerExchange exchange, Response head, @Nullable Throwable failure);

  /**
   * Sends the whole response that an action makes, and reports the request. Never throws.
   *
   * @return why the response was not sent whole; null if it was
   */
  @Nullable Throwable answer(Request request, AsyncServerExchange exchange, Endpoint.Action action);
}
