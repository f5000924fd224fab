package dev.rollcall.metrics;

import dev.rollcall.spi.TtlStore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * How many services are alive. The store is asked at most every 5 seconds, however many scrapers
 * there are.
 */
final class CachedServiceCount {
  private static final long MAX_AGE_NANOS = 5_000_000_000L;

  private final TtlStore store;
  private final LongSupplier nanoTime;
  private final ReentrantLock asking = new ReentrantLock();
  private long askedAtNanos;
  private double last;

  CachedServiceCount(TtlStore store, LongSupplier nanoTime) {
    this.store = store;
    this.nanoTime = nanoTime;
    this.askedAtNanos = nanoTime.getAsLong() - MAX_AGE_NANOS;
  }

  /** Returns the number, or NaN where the store does not answer. */
  double value() {
    asking.lock();
    try {
      long now = nanoTime.getAsLong();
      if (now - askedAtNanos >= MAX_AGE_NANOS) {
        last = ask();
        askedAtNanos = now;
      }
      return last;
    } finally {
      asking.unlock();
    }
  }

  private double ask() {
    try {
      return store.count();
    } catch (RuntimeException e) {
      return Double.NaN; // it is closed, or down, which other meters tell
    }
  }
}
