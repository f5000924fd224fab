package dev.rollcall.store.valkey;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Decides which refused calls are recorded: the first one of an id at once, and then at most one in
 * ten seconds, which counts for those before it.
 *
 * <p>It knows a bounded number of ids, those that were recorded last; the others count as new. What
 * was refused and not recorded is lost if no call follows.
 *
 * <p>Safe for use by any number of threads.
 */
final class RefusalThrottle {
  /** How many ids are known at most. */
  static final int MAX_IDS = 1_000;

  private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

  private final ReentrantLock lock = new ReentrantLock();

  /** The first is the one that was recorded longest ago. */
  private final Map<String, Refusals> byId = new LinkedHashMap<>();

  /** What is known of an id. Used under the lock. */
  private static final class Refusals {
    private long recordedNanos;
    private long unrecorded;
    private long firstUnrecordedNanos;
  }

  /**
   * What to record.
   *
   * @param calls how many calls were refused, this one included
   * @param age how long before this one the first of them was, rounded up to milliseconds
   */
  record Due(long calls, Duration age) {}

  /**
   * Takes note of a refused call.
   *
   * @return what to record now, or empty if this call is to wait for another one
   */
  Optional<Due> refused(String id, long nowNanos) {
    lock.lock();
    try {
      Refusals known = byId.get(id);
      if (known != null && nowNanos - known.recordedNanos < INTERVAL_NANOS) {
        if (known.unrecorded == 0) {
          known.firstUnrecordedNanos = nowNanos;
        }
        known.unrecorded++;
        return Optional.empty();
      }
      long before = known == null ? 0 : known.unrecorded;
      long ageNanos = known == null || before == 0 ? 0 : nowNanos - known.firstUnrecordedNanos;
      Refusals recorded = known == null ? new Refusals() : known;
      recorded.recordedNanos = nowNanos;
      recorded.unrecorded = 0;
      byId.remove(id);
      byId.put(id, recorded);
      if (byId.size() > MAX_IDS) {
        byId.remove(byId.keySet().iterator().next());
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(ageNanos + 999_999);
      return Optional.of(new Due(before + 1, Duration.ofMillis(millis)));
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many ids are known. */
  int size() {
    lock.lock();
    try {
      return byId.size();
    } finally {
      lock.unlock();
    }
  }
}
