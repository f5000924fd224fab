package dev.rollcall.registrar;

import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import java.time.Duration;

/** When to try again after a failure. */
final class Retries {
  /** A call that was rejected is made again after so many intervals at most, and half at least. */
  private static final int SLOW_INTERVALS = 6;

  static final int FIRST_DELAYS_IN_AN_INTERVAL = 5;
  private static final Duration LONGEST_REST = Duration.ofMinutes(5);

  private final RegistrarSettings settings;
  private boolean starting;
  private int failuresInARow;

  Retries(RegistrarSettings settings) {
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
  long withoutLease(RuntimeException e, Pace pace, long tookNanos) {
    failuresInARow++;
    long usual;
    if (starting) {
      usual = settings.retryDelay().toNanos();
    } else {
      long backoff = backoff(pace.intervalNanos() / FIRST_DELAYS_IN_AN_INTERVAL, pace);
      usual = Math.max(backoff / 10, backoff - tookNanos);
    }
    starting &= failuresInARow < settings.maxRetries() && !(e instanceof RejectedException);
    return wait(e, usual, LONGEST_REST.toNanos(), pace);
  }

  /** Counts a failed ping, and returns how long to wait; the lease has so much left. */
  long withLease(RuntimeException e, Pace pace, long leftNanos) {
    failuresInARow++;
    return wait(e, backoff(pace.firstRetryNanos(), pace), leftNanos / 2, pace);
  }

  private long backoff(long firstNanos, Pace pace) {
    return Backoff.nanos(failuresInARow, firstNanos, pace.longestRetryNanos(), settings.random());
  }

  private long wait(RuntimeException e, long usual, long longestRest, Pace pace) {
    if (e instanceof RejectedException) {
      long half = pace.intervalNanos() * SLOW_INTERVALS / 2;
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
