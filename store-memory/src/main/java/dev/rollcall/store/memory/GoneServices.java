package dev.rollcall.store.memory;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What happened to ids that are not alive any more: kept for some time, and of these only as many
 * as there is room for, the ones that went last.
 *
 * <p>Its lock is taken for short, under the map's lock for an id, and takes no other.
 */
final class GoneServices {
  /** How many ids are kept at most. */
  static final int MAX_IDS = 100_000;

  /** An id's node in the map, its share of the map's table, and the id without its characters. */
  private static final int OWN_BYTES = 40 + 16 + 48;

  /** How many are removed while others wait for the lock. */
  private static final int BATCH = 1_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, PastEvents> byId = new LinkedHashMap<>(); // the first is the oldest
  private final ByteBudget budget;
  private final long keepNanos;

  GoneServices(ByteBudget budget, long keepNanos) {
    this.budget = budget;
    this.keepNanos = keepNanos;
  }

  private static int bytesOf(String id, PastEvents events) {
    return OWN_BYTES + id.length() + events.bytes();
  }

  /** Adds an id that has ended. If there is no room, others that ended before are removed. */
  void add(String id, PastEvents events, long nowNanos) {
    int bytes = bytesOf(id, events);
    boolean isCounted = false;
    lock.lock();
    try {
      events.goneAt(nowNanos);
      byId.put(id, events);
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
    Iterator<Map.Entry<String, PastEvents>> all = byId.entrySet().iterator();
    Map.Entry<String, PastEvents> oldest = all.next();
    budget.remove(bytesOf(oldest.getKey(), oldest.getValue()));
    all.remove();
  }

  /** Takes out what happened to an id; it does not count any more. */
  @Nullable PastEvents take(String id) {
    lock.lock();
    try {
      PastEvents events = byId.isEmpty() ? null : byId.remove(id);
      if (events != null) {
        budget.remove(bytesOf(id, events));
      }
      return events;
    } finally {
      lock.unlock();
    }
  }

  /** Returns what happened to an id that is gone, or null. */
  @Nullable PastEvents get(String id) {
    lock.lock();
    try {
      return byId.get(id);
    } finally {
      lock.unlock();
    }
  }

  /** Removes those that were kept for their time. */
  void removeOld(long nowNanos) {
    while (removeSomeOld(nowNanos)) {
      // Those who wait for the lock come in between.
    }
  }

  private boolean removeSomeOld(long nowNanos) {
    lock.lock();
    try {
      for (int i = 0; i < BATCH; i++) {
        if (byId.isEmpty()
            || nowNanos - byId.values().iterator().next().goneAtNanos() < keepNanos) {
          return false;
        }
        removeOldest();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the ids that are gone, the last one last. */
  List<String> ids() {
    lock.lock();
    try {
      return new ArrayList<>(byId.keySet());
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
