package dev.rollcall.http.server.response;

import java.time.Duration;
import java.util.Optional;

/**
 * What a server is, and how it is.
 *
 * @param version of the software, if it is known
 * @param uptime since its endpoints were created
 * @param storeKind such as {@code memory}; empty if nobody said
 * @param isStoreUp whether the store answers
 * @param isDraining whether the server is about to stop
 * @param watches the event streams and waiting requests that are open
 * @param requestBytes what bodies of requests hold of the heap
 * @param responseBytes what responses hold of the heap
 */
public record ServerStatus(
    Optional<String> version,
    Duration uptime,
    Optional<String> storeKind,
    boolean isStoreUp,
    boolean isDraining,
    Usage watches,
    Usage requestBytes,
    Usage responseBytes) {
  /**
   * How much of something is used.
   *
   * @param used how much is
   * @param max how much there is in all
   */
  public record Usage(long used, long max) {}
}
