package dev.rollcall.contract;

import java.time.Duration;

/** A hand on the time of what is tested. */
public interface TimeFixture {
  /** The usual ttl. */
  Duration TTL = Duration.ofSeconds(30);

  /** The smallest step of a lease. */
  Duration MILLI = Duration.ofMillis(1);

  /** Lets time pass for every lease, to the millisecond. */
  void elapse(Duration time);

  /**
   * Waits until the machine's clock shows another millisecond. Events of two services have no order
   * within one, and a store may have this clock, which {@link #elapse} does not move.
   */
  static void awaitNextMillisecond() {
    long now = System.currentTimeMillis();
    while (System.currentTimeMillis() == now) {
      Thread.onSpinWait();
    }
  }

  /** Returns how often a race is run; each has failed a naive store well within this. */
  default int rounds() {
    return 2_000;
  }

  /**
   * Returns how long a test waits for what must come, before it fails. A control, which waits in
   * vain, shortens it.
   */
  default Duration patience() {
    return Duration.ofSeconds(30);
  }

  /** Returns how much later than stated a lease may end, where the clock cannot be held still. */
  default Duration clockTolerance() {
    return Duration.ZERO;
  }
}
