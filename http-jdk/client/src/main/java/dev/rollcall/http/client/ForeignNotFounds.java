package dev.rollcall.http.client;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Since when the pings of services have been answered with a 404 that no registry wrote. It says
 * nothing of a lease: an application or a proxy stands in the registry's place for a while, or
 * rewrites what it answers. But once nothing else has come for as long as a lease lasts, the lease
 * has ended either way.
 *
 * <p>Is thread-safe, and bounded: beyond, a service counts as gone at once.
 */
final class ForeignNotFounds {
  private static final int MAX_SERVICES = 100_000;

  /** A service that registers once too often is better off than one that is lost for long. */
  private static final Duration LONGEST = HttpServiceRegistry.DEFAULT_TTL;

  private final Map<String, Long> since = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  ForeignNotFounds(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Notes one for a service, and returns whether they have lasted for as long as a lease does. */
  boolean haveLasted(String id, Duration ttl) {
    long now = nanoTime.getAsLong();
    Long first = since.get(id);
    if (first == null && since.size() < MAX_SERVICES) {
      since.putIfAbsent(id, now);
      return false;
    }
    return first == null || now - first >= Math.min(ttl.toNanos(), LONGEST.toNanos());
  }

  /** A registry has answered for a service. */
  void clear(String id) {
    since.remove(id);
  }
}
