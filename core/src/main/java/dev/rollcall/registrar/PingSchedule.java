package dev.rollcall.registrar;

import dev.rollcall.Ttl;
import java.time.Duration;

/**
 * When one registration pings and tries again: what was set, lowered to what its lease allows.
 *
 * <p>With {@code left} for what is left of a lease when its ping falls due, a try takes a quarter
 * of that at most, and the delays before the second and the third take 3 twentieths together. So
 * three tries end before nine tenths of it have passed: a ping that hangs leaves two more.
 *
 * @param intervalNanos how long after a ping the next one follows; a third of the ttl at most
 * @param timeoutNanos how long a ping may take
 * @param firstRetryNanos the longest wait before a failed ping is tried again for the first time
 */
record PingSchedule(long intervalNanos, long timeoutNanos, long firstRetryNanos) {
  /** The ttl to count with before the registry has told. */
  static final Duration ASSUMED_TTL = Duration.ofSeconds(30);

  /** Two pings in a row may be lost. */
  private static final int PINGS_IN_A_LEASE = 3;

  private static final int TIMEOUTS_IN_THE_REST = 4;
  private static final int FIRST_RETRIES_IN_THE_REST = 20;

  /**
   * Returns the pingSchedule for a lease, whose ttl is {@linkplain Ttl#bounded bounded}: a registry
   * that answers next to nothing must not be asked without a pause.
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
   * Returns whether another differs. Not {@code equals}: what the JDK makes for a record holds on
   * to the class loader of an application for good, once it was called.
   */
  boolean differsFrom(PingSchedule other) {
    return intervalNanos != other.intervalNanos
        || timeoutNanos != other.timeoutNanos
        || firstRetryNanos != other.firstRetryNanos;
  }

  /**
   * Returns the longest wait between two tries: with the spread of a registration to come, a try
   * and a registration fit into one and a half intervals.
   */
  long longestRetryNanos() {
    return intervalNanos / 5 * 4;
  }
}
