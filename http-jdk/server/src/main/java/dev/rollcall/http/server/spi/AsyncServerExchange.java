package dev.rollcall.http.server.spi;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * An exchange whose response may be sent after {@code RegistryEndpoints.handle} has returned, by
 * another thread: so neither a ping that waits for its store nor an event stream holds a thread.
 * The endpoints then {@link #complete()} or {@link #abort()} it; until they do, nothing else may
 * touch it.
 */
public interface AsyncServerExchange extends ServerExchange {
  /**
   * Prepares for a response that is sent after {@code handle} has returned. Called once at most, by
   * the thread that called {@code handle}, before another one uses the exchange. Does nothing by
   * default: for a server that keeps every exchange until it is completed.
   *
   * @throws IOException if the client is gone
   */
  default void startAsync() throws IOException {}

  /**
   * Returns what sends responses that are late.
   *
   * @return the executor of the server's requests, which the server shuts down
   */
  Executor executor();

  /**
   * Sends the status and the headers of a response whose length is not known: an event stream.
   * Called once at most, in place of {@link #sendHead(int, long)}.
   *
   * @param status the status code
   * @return where to write the body, which ends when the exchange is {@linkplain #complete()
   *     completed}. What was written is on its way once it was flushed. Not written to if the
   *     request's method is HEAD
   * @throws IOException if the client is gone
   */
  OutputStream sendHead(int status) throws IOException;

  /**
   * Returns how long the server lets a response take before it cuts it off. Event streams and
   * requests that wait end before.
   *
   * @return the time; by default 60 seconds, also for a server that has no such limit
   */
  default Duration maxResponseTime() {
    return Duration.ofSeconds(60);
  }

  /**
   * Returns how many connections the server takes. Event streams and requests that wait have half
   * of them at most, so that there are some left for pings.
   *
   * @return the count; by default any number
   */
  default int maxConnections() {
    return Integer.MAX_VALUE;
  }

  /**
   * Ends an exchange, and its connection, whose response was not sent whole and is late: {@code
   * handle} has returned and cannot throw any more.
   */
  void abort();
}
