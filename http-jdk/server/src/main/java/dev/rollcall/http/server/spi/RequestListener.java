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
}
