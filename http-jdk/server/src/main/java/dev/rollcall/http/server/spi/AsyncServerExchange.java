package dev.rollcall.http.server.spi;

import java.util.concurrent.Executor;

/**
 * An exchange whose response may be sent after {@code RegistryEndpoints.handle} has returned, by
 * another thread: so a ping that waits for its store holds no thread. The endpoints then {@link
 * #complete()} or {@link #abort()} it; until they do, nothing else may touch it.
 */
public interface AsyncServerExchange extends ServerExchange {
  /**
   * Returns what sends responses that are late.
   *
   * @return the executor of the server's requests, which the server shuts down
   */
  Executor executor();

  /**
   * Ends an exchange, and its connection, whose response was not sent whole and is late: {@code
   * handle} has returned and cannot throw any more.
   */
  void abort();
}
