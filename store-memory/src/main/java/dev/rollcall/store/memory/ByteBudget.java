package dev.rollcall.store.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of heap something may take, and takes now.
 *
 * <p>Nothing here allocates, so no count is lost to an {@link OutOfMemoryError}.
 */
final class ByteBudget {
  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();

  ByteBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds bytes if there is room for them. A change of zero or less always succeeds. */
  boolean tryAdd(long change) {
    if (change == 0) {
      return true; // without a step that other threads would have to wait for
    }
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
    if (count != 0) {
      bytes.addAndGet(-count);
    }
  }

  long bytes() {
    return bytes.get();
  }

  long maxBytes() {
    return maxBytes;
  }
}
