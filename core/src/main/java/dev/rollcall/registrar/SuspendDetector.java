package dev.rollcall.registrar;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Detects that the machine was suspended. On Linux and macOS the monotonic clock stands still
 * meanwhile, and every timer with it; only the wall clock shows the time that has passed.
 *
 * <p>Not safe for use by more than one thread at a time.
 */
final class SuspendDetector {
  /** How often to look. A ping and a spread registration fit into the rest of a second. */
  static final Duration PERIOD = Duration.ofMillis(750);

  private static final Duration TOLERANCE = Duration.ofSeconds(1);

  private final LongSupplier nanoTime;
  private final InstantSource wallClock;
  private long lastNanos;
  private Instant lastWall;

  SuspendDetector(LongSupplier nanoTime, InstantSource wallClock) {
    this.nanoTime = nanoTime;
    this.wallClock = wallClock;
    this.lastNanos = nanoTime.getAsLong();
    this.lastWall = wallClock.instant();
  }

  /**
   * Returns whether the wall clock has advanced further than the monotonic one since the last call.
   * A wall clock that was set forward looks the same; each service is then pinged once more than
   * necessary.
   */
  boolean wasSuspended() {
    long nanos = nanoTime.getAsLong();
    Instant wall = wallClock.instant();
    Duration ahead = Duration.between(lastWall, wall).minusNanos(nanos - lastNanos);
    lastNanos = nanos;
    lastWall = wall;
    return ahead.compareTo(TOLERANCE) > 0;
  }
}
