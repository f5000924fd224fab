package dev.rollcall.registrar;

import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import java.time.Duration;

/** When to try again after a failure. */
final class RetrySchedule {
  /** A call that was rejected is made again after so many intervals at most, and half at least. */
  private static final int SLOW_INTERVALS = 6;

  static final int FIRST_DELAYS_IN_AN_INTERVAL = 5;
  private static final Duration LONGEST_REST = Duration.ofMinutes(5);

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

  /** Says whether the tries of the start have neither succeeded nor been used up. */
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
   * Counts a failure of a service that has no lease, and returns how long to wait. The time that
   * the call took counts as waited, all but a tenth, once the start is over: a call that hangs may
   * take a whole timeout.
   */
  long withoutLease(RuntimeException e, PingSchedule pingSchedule, long tookNanos) {
    failuresInARow++;
    long usual;
    if (starting) {
      usual = settings.retryDelay().toNanos();
    } else {
      long backoff =
          backoff(pingSchedule.intervalNanos() / FIRST_DELAYS_IN_AN_INTERVAL, pingSchedule);
      usual = Math.max(backoff / 10, backoff - tookNanos);
    }
    starting &= failuresInARow < settings.maxRetries() && !(e instanceof RejectedException);
    return wait(e, usual, LONGEST_REST.toNanos(), pingSchedule);
  }

  /** Counts a failed ping, and returns how long to wait; the lease has so much left. */
  long withLease(RuntimeException e, PingSchedule pingSchedule, long leftNanos) {
    failuresInARow++;
    return wait(
        e, backoff(pingSchedule.firstRetryNanos(), pingSchedule), leftNanos / 2, pingSchedule);
  }

  private long backoff(long firstNanos, PingSchedule pingSchedule) {
    return Backoff.nanos(
        failuresInARow, firstNanos, pingSchedule.longestRetryNanos(), settings.random());
  }

  private long wait(RuntimeException e, long usual, long longestRest, PingSchedule pingSchedule) {
    if (e instanceof RejectedException) {
      long half = pingSchedule.intervalNanos() * SLOW_INTERVALS / 2;
      return half + Backoff.spread(half, settings.random());
    }
    return e instanceof RegistryUnavailableException unavailable
        ? unavailable
            .retryAfter()
            .map(asked -> Backoff.rest(asked, longestRest, settings.random()))
            .filter(rest -> rest > usual)
            .orElse(usual)
        : usual;
  }
}
