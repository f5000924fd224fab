package dev.rollcall.store.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of heap the history may take, and takes now. Of a live service the newest event
 * counts as a part of the service.
 */
final class HistoryBudget {
  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();

  HistoryBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds bytes if there is room for them. A change of zero or less always succeeds. */
  boolean tryAdd(long change) {
    long before;
    do {
      before = bytes.get();
      if (change > 0 && change > maxBytes - before) {
        return false;
      }
    } while (!bytes.compareAndSet(before, before + change));
    return true;
  }

  void remove(long count) {
    bytes.addAndGet(-count);
  }

  long bytes() {
    return bytes.get();
  }
}
