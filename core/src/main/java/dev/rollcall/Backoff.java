package dev.rollcall;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Delays that grow and are spread, so that many clients do not come back at one moment. */
final class Backoff {
  private static final int MAX_DOUBLINGS = 20;

  private final Duration first;
  private final Duration cap;
  private final RandomGenerator random;
  private int failures;

  Backoff(Duration first, Duration cap, RandomGenerator random) {
    this.first = first;
    this.cap = cap;
    this.random = random;
  }

  /**
   * Returns the next delay: uniform between nothing and a bound that doubles up to the cap ("full
   * jitter"), but never less than a tenth of the bound, so that it waits at all.
   *
   * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">the
   *     comparison of jitters</a>
   */
  Duration next() {
    Duration bound = first.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
    failures++;
    if (bound.compareTo(cap) > 0) {
      bound = cap;
    }
    return spread(bound, random);
  }

  /** Starts over, after a success. */
  void reset() {
    failures = 0;
  }

  /** Returns a delay between a tenth of a bound and the bound, uniformly at random. */
  static Duration spread(Duration bound, RandomGenerator random) {
    return Duration.ofNanos((long) (bound.toNanos() * (0.1 + 0.9 * random.nextDouble())));
  }
}
