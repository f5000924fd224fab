package dev.rollcall.registrar;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Delays that grow and are spread at random, so that many clients do not return at the same moment:
 * capped exponential backoff with full jitter.
 *
 * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">a
 *     comparison of kinds of jitter</a>
 */
final class Backoff {
  private static final int MAX_DOUBLINGS = 20;

  /** A registry that asks for a wait of zero must not be asked in a tight loop. */
  private static final Duration MIN_RETRY_AFTER = Duration.ofMillis(100);

  private Backoff() {}

  /**
   * Returns the delay after a number of failures in a row: full jitter below a bound that doubles
   * with each failure, up to the cap.
   */
  static long nanos(int failures, long firstNanos, long capNanos, RandomGenerator random) {
    int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
    long bound = firstNanos > capNanos >> doublings ? capNanos : firstNanos << doublings;
    return jittered(bound, random);
  }

  /**
   * Returns a delay that is uniformly random between a tenth of a bound and the bound. Full jitter
   * begins at zero; the tenth makes sure that there is a delay at all.
   */
  static long jittered(long boundNanos, RandomGenerator random) {
    return (long) (boundNanos * (0.1 + 0.9 * random.nextDouble()));
  }

  /**
   * Returns the wait that a registry asks for, at least 100 ms and at most a bound, and up to a
   * quarter more at random: clients that were told the same wait do not return together.
   */
  static long retryAfter(Duration asked, long boundNanos, RandomGenerator random) {
    // Compared before it is converted: a number of nanoseconds holds 292 years.
    Duration atLeast = asked.compareTo(MIN_RETRY_AFTER) < 0 ? MIN_RETRY_AFTER : asked;
    Duration bound = Duration.ofNanos(boundNanos);
    long nanos = atLeast.compareTo(bound) < 0 ? atLeast.toNanos() : boundNanos;
    return nanos + (long) (nanos * random.nextDouble() / 4);
  }
}
