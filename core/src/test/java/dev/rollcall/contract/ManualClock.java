package dev.rollcall.contract;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Time that a test turns by hand: a monotonic nano-time source and a wall clock, which advance
 * together and can be set apart.
 */
public final class ManualClock implements InstantSource, LongSupplier {
  private final AtomicLong nanos;
  private final AtomicLong wallOffsetNanos = new AtomicLong();
  private final long startNanos;
  private final Instant start = Instant.parse("2026-11-23T18:01:32.977Z");

  /** Starts near the end of the range, so that a nano time that overflows is met early. */
  public ManualClock() {
    this.startNanos = Long.MAX_VALUE - Duration.ofSeconds(20).toNanos();
    this.nanos = new AtomicLong(startNanos);
  }

  /** Lets time pass. */
  public void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** Steps the wall clock, as an operator or NTP does; no time passes. */
  public void stepWall(Duration by) {
    wallOffsetNanos.addAndGet(by.toNanos());
  }

  /** Returns the monotonic time. */
  @Override
  public long getAsLong() {
    return nanos.get();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanos.get() - startNanos + wallOffsetNanos.get());
  }
}
