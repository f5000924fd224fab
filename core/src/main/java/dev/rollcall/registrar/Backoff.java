package dev.rollcall.registrar;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Delays that grow and are spread, so that many clients do not come back at one moment. */
final class Backoff {
  private static final int MAX_DOUBLINGS = 20;

  /** A registry that asks for a rest of nothing must not be asked without a pause. */
  private static final Duration SHORTEST_REST = Duration.ofMillis(100);

  private Backoff() {}

  /**
   * Returns the delay after so many failures in a row: uniform between nothing and a bound that
   * doubles up to the cap ("full jitter"), but never less than a tenth of the bound, so that it
   * waits at all.
   *
   * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">the
   *     comparison of jitters</a>
   */
  static long nanos(int failures, long firstNanos, long capNanos, RandomGenerator random) {
    int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
    long bound = firstNanos > capNanos >> doublings ? capNanos : firstNanos << doublings;
    return spread(bound, random);
  }

  /** Returns a delay between a tenth of a bound and the bound, uniformly at random. */
  static long spread(long boundNanos, RandomGenerator random) {
    return (long) (boundNanos * (0.1 + 0.9 * random.nextDouble()));
  }

  /**
   * Returns the rest that a registry asks for, a tenth of a second at least, cut to a bound, and up
   * to a quarter more, so that those who were told the same do not return together.
   */
  static long rest(Duration asked, long boundNanos, RandomGenerator random) {
    // Compared before it is converted: a number of nanoseconds holds 292 years.
    Duration atLeast = asked.compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : asked;
    Duration bound = Duration.ofNanos(boundNanos);
    long nanos = atLeast.compareTo(bound) < 0 ? atLeast.toNanos() : boundNanos;
    return nanos + (long) (nanos * random.nextDouble() / 4);
  }
}
