package dev.rollcall.metrics;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a store is asked for at most every 5 seconds, and in a fiftieth of the time, however many
 * scrapers and services there are. After a failure it is asked again 5 seconds later, however long
 * that took: an outage must not be told for longer than it lasts.
 */
final class Cached<T> {
  private static final long MIN_INTERVAL_NANOS = 5_000_000_000L;

  /** How many times as long as it took is until the next time. */
  private static final long INTERVALS = 50;

  private final Supplier<T> store;
  private final LongSupplier nanoTime;
  private final ReentrantLock asking = new ReentrantLock();
  private long dueNanos;
  private Optional<T> last = Optional.empty();

  Cached(Supplier<T> store, LongSupplier nanoTime) {
    this.store = store;
    this.nanoTime = nanoTime;
    this.dueNanos = nanoTime.getAsLong();
  }

  /** Returns what the store has said; empty where it does not answer. */
  Optional<T> value() {
    asking.lock();
    try {
      long start = nanoTime.getAsLong();
      if (start - dueNanos >= 0) {
        last = ask();
        long end = nanoTime.getAsLong();
        dueNanos =
            last.isPresent()
                ? start + Math.max(MIN_INTERVAL_NANOS, INTERVALS * (end - start))
                : end + MIN_INTERVAL_NANOS;
      }
      return last;
    } finally {
      asking.unlock();
    }
  }

  private Optional<T> ask() {
    try {
      return Optional.of(store.get());
    } catch (RuntimeException e) {
      return Optional.empty(); // it is closed, or down, which other meters tell
    }
  }
}
