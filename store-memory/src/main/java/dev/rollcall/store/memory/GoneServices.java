package dev.rollcall.store.memory;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What happened to ids that are not alive any more: kept for some time, and of these only as many
 * as there is room for, the ones that went last.
 *
 * <p>Its lock is taken for some microseconds, under the map's lock for an id, and takes no other.
 */
final class GoneServices {
  /** How many ids are kept at most. */
  static final int MAX_IDS = 100_000;

  /** An id's tombstone, its entry in the map of those, and the id. */
  private static final int OWN_BYTES = 32 + 40 + 16;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Tombstone> byId = new LinkedHashMap<>(); // the first is the oldest
  private final ByteBudget budget;
  private final long keepNanos;

  /**
   * Stands for an id that is gone.
   *
   * @param end what happened last
   * @param bytes what it counts as
   */
  private record Tombstone(PastEvent end, long goneAtNanos, int bytes) {}

  GoneServices(ByteBudget budget, long keepNanos) {
    this.budget = budget;
    this.keepNanos = keepNanos;
  }

  /** Adds an id that has ended, whose older events do not count against the budget any more. */
  void add(String id, PastEvent end, long nowNanos) {
    int bytes = OWN_BYTES + PastEvent.bytesOf(id) + end.bytes();
    Tombstone tombstone = new Tombstone(end, nowNanos, bytes);
    boolean isCounted = false;
    lock.lock();
    try {
      Tombstone former = byId.put(id, tombstone);
      if (former != null) { // An Error came between its addition and the end of its entry.
        budget.remove(former.bytes());
        byId.remove(id);
        byId.put(id, tombstone); // as the newest
      }
      if (byId.size() > MAX_IDS) {
        removeOldest();
      }
      isCounted = budget.tryAdd(bytes);
      while (!isCounted && byId.size() > 1) {
        removeOldest();
        isCounted = budget.tryAdd(bytes);
      }
    } finally {
      if (!isCounted) { // no room, or an Error
        byId.remove(id);
      }
      lock.unlock();
    }
  }

  private void removeOldest() {
    Iterator<Map.Entry<String, Tombstone>> all = byId.entrySet().iterator();
    budget.remove(all.next().getValue().bytes());
    all.remove();
  }

  /** Takes out what happened to an id; it does not count against the budget any more. */
  @Nullable PastEvent take(String id) {
    lock.lock();
    try {
      Tombstone removed = byId.isEmpty() ? null : byId.remove(id);
      if (removed == null) {
        return null;
      }
      budget.remove(removed.bytes());
      return removed.end();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the last event of an id that is gone, or null. */
  @Nullable PastEvent get(String id) {
    lock.lock();
    try {
      Tombstone tombstone = byId.get(id);
      return tombstone == null ? null : tombstone.end();
    } finally {
      lock.unlock();
    }
  }

  /** Removes those that were kept for their time. */
  void removeOld(long nowNanos) {
    lock.lock();
    try {
      while (!byId.isEmpty()
          && nowNanos - byId.values().iterator().next().goneAtNanos() >= keepNanos) {
        removeOldest();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Passes on each id and its last event. The action takes no lock. */
  void forEach(BiConsumer<String, PastEvent> action) {
    lock.lock();
    try {
      byId.forEach((id, tombstone) -> action.accept(id, tombstone.end()));
    } finally {
      lock.unlock();
    }
  }

  void clear() {
    lock.lock();
    try {
      while (!byId.isEmpty()) {
        removeOldest();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many ids there are. */
  int size() {
    lock.lock();
    try {
      return byId.size();
    } finally {
      lock.unlock();
    }
  }
}
