package dev.rollcall.view;

import dev.rollcall.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The services that a view knows, and when each is to be looked at again because its lease ends.
 *
 * <p>A heap of deadlines, in which each service stands once. A deadline that has moved on stays in
 * its place until it comes to the front, and is put where it belongs then: so reading a service
 * again costs nothing here.
 *
 * <p>Is not thread-safe.
 */
final class KnownServices {
  /** The store's clock may run a little behind; nobody gains by a look that comes too early. */
  private static final long MARGIN_NANOS = 1_000_000;

  /** How exactly the end of a lease is known: the store's time is read a round trip before. */
  private static final long TOLERANCE_NANOS = 20_000_000;

  /** After a look that found a lease running whose end had come, by the view's reckoning. */
  private static final long MIN_RECHECK_NANOS = 4_000_000;

  private static final long MAX_RECHECK_NANOS = 1_000_000_000;

  /** So many places in the heap that no longer count are not worth a look at all of them. */
  private static final int FEW = 1_000;

  private final Map<String, Entry> byId = new HashMap<>();
  private final PriorityQueue<Deadline> deadlines =
      new PriorityQueue<>((a, b) -> Long.signum(a.nanos - b.nanos));
  private long bytes;

  /** One service. */
  private static final class Entry {
    /** The service; null once it was removed: a place in the heap may still refer to this. */
    private @Nullable Service service;

    private long deadlineNanos;
    private long recheckNanos = MIN_RECHECK_NANOS;
    private @Nullable Deadline queued;

    private Entry(Service service) {
      this.service = service;
    }

    private Service known() {
      return Objects.requireNonNull(service);
    }
  }

  /** A place in the heap; it counts only while its entry refers to it. */
  private static final class Deadline {
    private final Entry entry;
    private final long nanos;

    private Deadline(Entry entry, long nanos) {
      this.entry = entry;
      this.nanos = nanos;
    }
  }

  @Nullable Service get(String id) {
    Entry entry = byId.get(id);
    return entry == null ? null : entry.service;
  }

  int size() {
    return byId.size();
  }

  /** Returns about how many bytes of heap the services take. */
  long bytes() {
    return bytes;
  }

  List<Service> services() {
    List<Service> services = new ArrayList<>(byId.size());
    byId.values().forEach(entry -> services.add(entry.known()));
    return services;
  }

  Collection<String> ids() {
    return byId.keySet();
  }

  /**
   * Takes in what was read.
   *
   * @param leftNanos how long its lease runs yet
   * @return the service as it was known, or null
   */
  @Nullable Service put(Service service, long leftNanos, long nowNanos) {
    Entry entry = byId.get(service.id());
    Service before = null;
    if (entry == null) {
      entry = new Entry(service);
      byId.put(service.id(), entry);
    } else {
      before = entry.known();
      bytes -= before.heapBytes();
      entry.service = service;
    }
    bytes += service.heapBytes();
    boolean isSameLease = before != null && before.expiresAt().equals(service.expiresAt());
    if (leftNanos > 0 || !isSameLease) {
      entry.recheckNanos = MIN_RECHECK_NANOS;
      entry.deadlineNanos = nowNanos + Math.max(leftNanos, 0) + MARGIN_NANOS;
    } else {
      entry.deadlineNanos = nowNanos + entry.recheckNanos;
      entry.recheckNanos = Math.min(2 * entry.recheckNanos, MAX_RECHECK_NANOS);
    }
    if (entry.queued == null || entry.queued.nanos - entry.deadlineNanos > 0) {
      queue(entry);
    }
    return before;
  }

  private void queue(Entry entry) {
    if (deadlines.size() > 2 * byId.size() + FEW) {
      deadlines.removeIf(deadline -> deadline.entry.queued != deadline);
    }
    entry.queued = new Deadline(entry, entry.deadlineNanos);
    deadlines.add(entry.queued);
  }

  /** Removes a service, and returns it as it was known, or null. */
  @Nullable Service remove(String id) {
    Entry entry = byId.remove(id);
    if (entry == null) {
      return null;
    }
    Service removed = entry.known();
    entry.queued = null;
    entry.service = null;
    bytes -= removed.heapBytes();
    return removed;
  }

  /** Returns whether a service that is gone has expired, as far as the view can reckon. */
  boolean hasExpired(String id, long nowNanos) {
    Entry entry = byId.get(id);
    return entry != null && nowNanos - entry.deadlineNanos >= -TOLERANCE_NANOS;
  }

  /** Adds the ids whose leases have ended to others, up to so many in all. */
  void addExpired(Collection<String> ids, int most, long nowNanos) {
    List<Entry> over = new ArrayList<>();
    for (Entry first = first(); first != null && ids.size() < most; first = first()) {
      if (nowNanos - first.deadlineNanos < 0) {
        break;
      }
      // Out of the heap, so that the next one comes to the front.
      var unused = deadlines.poll();
      first.queued = null;
      over.add(first);
      ids.add(first.known().id());
    }
    over.forEach(this::queue); // Until they have been read: that may fail.
  }

  /** Returns in how many nanoseconds the next lease ends; {@link Long#MAX_VALUE} if none does. */
  long nanosToNext(long nowNanos) {
    Entry first = first();
    return first == null ? Long.MAX_VALUE : Math.max(0, first.deadlineNanos - nowNanos);
  }

  /** Returns the entry whose lease ends first. */
  private @Nullable Entry first() {
    for (Deadline first = deadlines.peek(); first != null; first = deadlines.peek()) {
      Entry entry = first.entry;
      if (entry.queued == first && entry.deadlineNanos == first.nanos) {
        return entry;
      }
      var unused = deadlines.poll();
      if (entry.queued == first) {
        queue(entry); // It has moved on.
      }
    }
    return null;
  }
}
