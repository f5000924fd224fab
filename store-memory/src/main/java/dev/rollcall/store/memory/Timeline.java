package dev.rollcall.store.memory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The store's time: a monotonic clock, which measures leases, and the wall time that belongs to
 * each of its moments.
 *
 * <p>A ping reads only the monotonic clock, so its date is the same at every read. The offset
 * between the wall clock and the monotonic clock is recomputed when the wall clock jumps, or when
 * the machine was suspended. That changes dates, never a deadline.
 */
final class Timeline {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** Two clocks cannot be read at the same moment, so a smaller change is not a step. */
  private static final long STEP_NANOS = Duration.ofMillis(10).toNanos();

  private final LongSupplier nanoTime;
  private final InstantSource wallClock;

  /** Epoch time minus nano time, in nanoseconds; both wrap around, and so does this. */
  private volatile long wallOffsetNanos;

  Timeline(LongSupplier nanoTime, InstantSource wallClock) {
    this.nanoTime = nanoTime;
    this.wallClock = wallClock;
    this.wallOffsetNanos = readOffset();
  }

  long nanoTime() {
    return nanoTime.getAsLong();
  }

  /** Returns the wall time of a moment, in milliseconds since the epoch. */
  long wallMillis(long nanos) {
    return Math.floorDiv(nanos + wallOffsetNanos, NANOS_PER_MILLI);
  }

  Instant wallTime(long nanos) {
    return Instant.ofEpochMilli(wallMillis(nanos));
  }

  /** Follows a step of the wall clock. */
  void followWallClock() {
    long offset = readOffset();
    if (Math.abs(offset - wallOffsetNanos) > STEP_NANOS) {
      wallOffsetNanos = offset;
    }
  }

  private long readOffset() {
    Instant wall = wallClock.instant();
    return wall.getEpochSecond() * NANOS_PER_SECOND + wall.getNano() - nanoTime();
  }
}
