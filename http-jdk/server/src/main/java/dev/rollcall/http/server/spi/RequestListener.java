package dev.rollcall.http.server.spi;

/**
 * Hears of each request that {@code RegistryEndpoints} have completed, to measure it for instance.
 *
 * <p>Called by the thread that sent the response, after it was sent, and by any number of threads
 * at once; so it must be thread-safe and must not block. Whatever it throws is logged and has no
 * other effect.
 */
@FunctionalInterface
public interface RequestListener {
  /**
   * Hears of a completed request.
   *
   * @param request the request and its outcome
   */
  void completed(CompletedRequest request);

  /**
   * Hears of pings of one batch that were refused, although the batch itself was answered with 200.
   * The batch is heard of by {@link #completed}, as one request. By default this does nothing.
   *
   * @param problem the last part of the type of their problem, such as {@code not-found}
   * @param count how many pings of the batch had this problem, 1 or more
   */
  default void pingsRefused(String problem, int count) {}
}
