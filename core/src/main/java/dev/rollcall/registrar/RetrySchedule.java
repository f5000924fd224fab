package dev.rollcall.registrar;

import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import java.time.Duration;

/**
 * When to try again after a failure.
 *
 * <p>Not safe for use by more than one thread at a time.
 */
final class RetrySchedule {
  /** A rejected call is made again after half of this many intervals at least, and all at most. */
  private static final int INTERVALS_AFTER_REJECTION = 6;

  /** The first retry in the background comes within this fraction of an interval. */
  static final int FIRST_DELAYS_IN_AN_INTERVAL = 5;

  private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

  private final RegistrarSettings settings;
  private boolean starting;
  private int failuresInARow;

  RetrySchedule(RegistrarSettings settings) {
    this.settings = settings;
  }

  /** The tries of the start begin. */
  void start() {
    starting = true;
  }

  /** Returns whether the tries of the start have neither succeeded nor been used up. */
  boolean isStarting() {
    return starting;
  }

  void endStart() {
    starting = false;
  }

  void reset() {
    failuresInARow = 0;
  }

  /**
   * Counts a failure of a service that has no lease, and returns how long to wait. Once the start
   * is over, the time that the call took counts as part of the wait, except a tenth of the wait: a
   * call that hangs may take a whole timeout.
   */
  long withoutLease(RuntimeException e, PingSchedule pings, long tookNanos) {
    failuresInARow++;
    long usual;
    if (starting) {
      usual = settings.retryDelay().toNanos();
    } else {
      long backoff = backoff(pings.intervalNanos() / FIRST_DELAYS_IN_AN_INTERVAL, pings);
      usual = Math.max(backoff / 10, backoff - tookNanos);
    }
    starting &= failuresInARow < settings.maxRetries() && !(e instanceof RejectedException);
    return delay(e, usual, MAX_RETRY_AFTER.toNanos(), pings);
  }

  /**
   * Counts a failed ping, and returns how long to wait; {@code leftNanos} are left of the lease.
   */
  long withLease(RuntimeException e, PingSchedule pings, long leftNanos) {
    failuresInARow++;
    return delay(e, backoff(pings.firstRetryNanos(), pings), leftNanos / 2, pings);
  }

  /** Counts a failed update, and returns how long to wait. */
  long ofUpdate(RuntimeException e, PingSchedule pings) {
    failuresInARow++;
    return delay(e, backoff(pings.firstRetryNanos(), pings), MAX_RETRY_AFTER.toNanos(), pings);
  }

  private long backoff(long firstNanos, PingSchedule pings) {
    return Backoff.nanos(failuresInARow, firstNanos, pings.longestRetryNanos(), settings.random());
  }

  private long delay(
      RuntimeException e, long usualNanos, long maxRetryAfterNanos, PingSchedule pings) {
    if (e instanceof RejectedException) {
      long half = pings.intervalNanos() * INTERVALS_AFTER_REJECTION / 2;
      return half + Backoff.jittered(half, settings.random());
    }
    return e instanceof RegistryUnavailableException unavailable
        ? unavailable
            .retryAfter()
            .map(asked -> Backoff.retryAfter(asked, maxRetryAfterNanos, settings.random()))
            .filter(wait -> wait > usualNanos)
            .orElse(usualNanos)
        : usualNanos;
  }
}
