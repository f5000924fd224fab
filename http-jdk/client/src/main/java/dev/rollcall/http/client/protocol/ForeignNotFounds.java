package dev.rollcall.http.client.protocol;

import dev.rollcall.http.client.json.ResponseFields;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Since when the pings of services have been answered with a 404 that no registry wrote. Such a 404
 * says nothing about a lease: an application or a proxy may stand in the registry's place for a
 * while, or rewrite its answers. But once no other answer has come for as long as a lease lasts,
 * the lease has ended in any case.
 *
 * <p>Safe for use by any number of threads. Bounded: a service beyond the bound counts as gone at
 * once.
 */
final class ForeignNotFounds {
  private static final int MAX_SERVICES = 100_000;

  /** Registering once too often does less harm than being lost for long. */
  private static final Duration LONGEST = ResponseFields.DEFAULT_TTL;

  private final Map<String, Long> since = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  ForeignNotFounds(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Notes such a 404, and returns whether they have lasted for as long as a lease does. */
  boolean haveLasted(String id, Duration ttl) {
    long now = nanoTime.getAsLong();
    Long first = since.get(id);
    if (first == null && since.size() < MAX_SERVICES) {
      since.putIfAbsent(id, now);
      return false;
    }
    return first == null || now - first >= Math.min(ttl.toNanos(), LONGEST.toNanos());
  }

  /** Forgets them: a registry has answered for the service, be it by a refusal. */
  void clear(String id) {
    since.remove(id);
  }
}
