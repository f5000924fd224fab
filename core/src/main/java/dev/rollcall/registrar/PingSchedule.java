package dev.rollcall.registrar;

import dev.rollcall.Ttl;
import java.time.Duration;

/**
 * When a registration pings, how long a ping may take, and when a failed one is tried again: the
 * settings, lowered to what the lease allows.
 *
 * <p>Let {@code left} be the time that is left of a lease when its ping falls due. A try takes at
 * most a quarter of it, and the delays before the second and the third try at most three twentieths
 * together. So three tries end before nine tenths of {@code left} have passed: after a ping that
 * hangs there is time for two more.
 *
 * @param intervalNanos how long after a ping the next one follows; at most a third of the ttl
 * @param timeoutNanos how long a ping may take
 * @param firstRetryNanos the longest wait before a failed ping is tried again for the first time
 */
record PingSchedule(long intervalNanos, long timeoutNanos, long firstRetryNanos) {
  /** The ttl to assume before the registry has given one. */
  static final Duration ASSUMED_TTL = Duration.ofSeconds(30);

  /** Two pings in a row may be lost. */
  private static final int PINGS_IN_A_LEASE = 3;

  private static final int TIMEOUTS_IN_THE_REST = 4;
  private static final int FIRST_RETRIES_IN_THE_REST = 20;

  /**
   * Returns the schedule for a lease. Its ttl is {@linkplain Ttl#bounded bounded}: a registry that
   * answers with a ttl of nearly zero must not be asked in a tight loop.
   */
  static PingSchedule of(Duration interval, Duration timeout, Duration ttl) {
    long ttlNanos = Ttl.bounded(ttl).toNanos();
    long intervalNanos = Math.min(interval.toNanos(), ttlNanos / PINGS_IN_A_LEASE);
    long left = ttlNanos - intervalNanos;
    return new PingSchedule(
        intervalNanos,
        Math.min(timeout.toNanos(), left / TIMEOUTS_IN_THE_REST),
        left / FIRST_RETRIES_IN_THE_REST);
  }

  /**
   * Returns whether another schedule differs. This is not {@code equals}: the method that the JDK
   * generates for a record keeps the class loader of an application alive once it was called.
   */
  boolean differsFrom(PingSchedule other) {
    return intervalNanos != other.intervalNanos
        || timeoutNanos != other.timeoutNanos
        || firstRetryNanos != other.firstRetryNanos;
  }

  /**
   * Returns the longest wait between two tries. With the jitter of the registration that may
   * follow, a try and a registration fit into one and a half intervals.
   */
  long longestRetryNanos() {
    return intervalNanos / 5 * 4;
  }
}
