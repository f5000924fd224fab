package dev.rollcall.store.valkey.harness;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for another process, which tells nobody when it is done. */
public final class Eventually {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Eventually() {}

  /**
   * Returns once the condition holds; one that throws does not hold yet.
   *
   * @throws AssertionError if it does not within the limit
   */
  public static void await(String what, Duration limit, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    Exception last = null;
    do {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (Exception e) {
        last = e;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    } while (System.nanoTime() - deadline < 0);
    throw new AssertionError("not within " + limit + ": " + what, last);
  }
}
