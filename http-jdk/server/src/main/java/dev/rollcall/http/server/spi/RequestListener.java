package dev.rollcall.http.server.spi;

/**
 * Is told of each request that a {@code RegistryEndpoints} have answered: a place for metrics.
 *
 * <p>Called on the thread that sent the answer, when it has gone, by any number of threads at once;
 * so it does not block. What it throws is logged and harms nobody.
 */
@FunctionalInterface
public interface RequestListener {
  /**
   * Takes note of a request.
   *
   * @param request what was asked and what became of it
   */
  void completed(CompletedRequest request);
}
