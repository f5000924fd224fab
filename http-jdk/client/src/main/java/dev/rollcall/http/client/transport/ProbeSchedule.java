package dev.rollcall.http.client.transport;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * When servers that were left for another are probed. A server may answer probes and nothing else:
 * if it fails soon after a probe found it well, the time until the next probe doubles.
 *
 * <p>Safe for use by any number of threads.
 */
final class ProbeSchedule {
  /** A server that fails within this many intervals after it was found well has failed soon. */
  private static final int SOON = 12;

  private static final int MAX_DOUBLINGS = 5;

  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private long dueNanos;
  private long foundWellNanos;

  /** Whether the server that was found well last has not failed since. */
  private boolean isOnTrial;

  private int failuresInARow;

  /**
   * Creates a schedule.
   *
   * @param interval the shortest time until a probe; up to twice that at random
   * @param nanoTime tells the time as {@link System#nanoTime} does
   */
  ProbeSchedule(Duration interval, LongSupplier nanoTime) {
    this.intervalNanos = interval.toNanos();
    this.nanoTime = nanoTime;
  }

  /** A server was left for another. */
  synchronized void left() {
    if (isOnTrial) {
      isOnTrial = false; // What fails from now on is another server.
      boolean isSoon = nanoTime.getAsLong() - foundWellNanos < SOON * intervalNanos;
      failuresInARow = isSoon ? Math.min(failuresInARow + 1, MAX_DOUBLINGS) : 0;
    }
    postpone();
  }

  /** A probe has found a server well, which is called again. */
  synchronized void foundWell() {
    isOnTrial = true;
    foundWellNanos = nanoTime.getAsLong();
    postpone();
  }

  /** Probes have found no server well. */
  synchronized void foundNone() {
    postpone();
  }

  private void postpone() {
    long wait = intervalNanos + ThreadLocalRandom.current().nextLong(intervalNanos + 1);
    dueNanos = nanoTime.getAsLong() + (wait << failuresInARow);
  }

  /** Returns whether the time has come. */
  synchronized boolean isDue() {
    return nanoTime.getAsLong() - dueNanos >= 0;
  }
}
