package dev.rollcall.examples.robustness;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Lets time pass. */
final class Pause {
  private Pause() {}

  /** Returns after so long. */
  static void of(Duration time) {
    until(System.nanoTime() + time.toNanos());
  }

  /** Returns after a random time within bounds. */
  static void between(int minMillis, int maxMillis, Random random) {
    of(Duration.ofMillis(minMillis + random.nextInt(maxMillis - minMillis + 1)));
  }

  /** Returns when {@link System#nanoTime} says so. */
  static void until(long nanoTime) {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
