package dev.rollcall.store.memory;

import dev.rollcall.history.EventQuery;
import dev.rollcall.history.EventSelection;
import dev.rollcall.history.ServiceEvent;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the ids, within bounds. A live entry has its own history, and {@link
 * GoneServices} those of ids that are not alive.
 *
 * <p>What changes a history is called under the map's lock for its id.
 */
final class Histories {
  private final boolean isKept;
  private final Timeline time;

  /** What the history takes; of a live service the newest event counts as a part of the service. */
  private final ByteBudget budget;

  private final GoneServices gone;

  /**
   * Creates them.
   *
   * @param keep how long the history of a service is kept that is gone; zero for no history at all
   */
  Histories(Timeline time, Duration keep, long maxBytes) {
    this.isKept = !keep.isZero();
    this.time = time;
    this.budget = new ByteBudget(maxBytes);
    this.gone = new GoneServices(budget, keep.toNanos());
  }

  /** Returns whether there is a history at all. */
  boolean isKept() {
    return isKept;
  }

  /** Returns an event that says that the lease of an entry has ended, or null without a history. */
  @Nullable PastEvent expiry(Entry ended) {
    return ended.expiry(time);
  }

  /** Returns an event that says that a live entry is removed, or null without a history. */
  @Nullable PastEvent removal(
      Entry entry, boolean isByLease, @Nullable String client, long nowNanos) {
    PastEvent started = entry.history();
    return started == null ? null : started.removal(time.wallMillis(nowNanos), isByLease, client);
  }

  /** Continues the history of an id that was not alive. */
  void begin(String id, Entry entry) {
    PastEvent event = entry.history();
    PastEvent before = event == null ? null : gone.take(id);
    if (before != null) {
      event.follow(before);
      count(event, 0);
    }
  }

  /**
   * Continues the history of an id whose entry was in the map.
   *
   * @param expiry says that its lease had ended; null if it was alive
   */
  void replace(Entry entry, Entry old, @Nullable PastEvent expiry) {
    PastEvent event = entry.history();
    PastEvent before = old.history();
    if (event == null || before == null) {
      return;
    }
    int counted = before.olderBytes();
    if (expiry == null) {
      event.supersede();
      event.follow(before);
    } else {
      expiry.follow(before);
      event.follow(expiry);
    }
    count(event, counted);
  }

  private void count(PastEvent event, int counted) {
    if (!budget.tryAdd(event.olderBytes() - counted)) {
      event.forgetOlder();
      budget.remove(counted);
    }
  }

  /**
   * Keeps the history of an id that is not alive any more. If this throws, it may be repeated.
   *
   * @param end how it ended; null without a history
   */
  void end(String id, Entry ended, @Nullable PastEvent end) {
    PastEvent before = ended.history();
    if (end == null || before == null) {
      return;
    }
    end.follow(before);
    gone.add(id, end, time.nanoTime());
    budget.remove(before.olderBytes());
  }

  /**
   * Keeps the history of an id that was removed. That has happened, whatever happens here: if there
   * is no memory, the history is lost.
   */
  void endSafely(String id, Entry removed, @Nullable PastEvent end) {
    try {
      end(id, removed, end);
    } catch (OutOfMemoryError e) {
      forget(removed);
    }
  }

  /** Forgets the history of an entry that is not in the map. */
  void forget(Entry entry) {
    PastEvent event = entry.history();
    if (event != null) {
      budget.remove(event.olderBytes());
    }
  }

  /** Returns the last event of an id that is not alive, or null. */
  @Nullable PastEvent ofGone(String id) {
    return gone.get(id);
  }

  static void addTo(List<ServiceEvent> events, String id, @Nullable PastEvent newest) {
    PastEvent event = newest;
    for (int i = 0; event != null && i < PastEvent.MAX_EVENTS; i++) {
      events.add(event.toEvent(id));
      event = event.older();
    }
  }

  /**
   * Selects the newest events.
   *
   * @param entries those that are alive. An id that ends or comes back meanwhile moves between
   *     these and those that are gone: the latter are read before and after
   */
  List<ServiceEvent> newest(EventQuery query, EntryMap entries) {
    EventSelection selection = new EventSelection(query);
    gone.forEach((id, event) -> select(selection, id, event));
    entries.forEach(
        (id, entry) -> {
          PastEvent event = entry.history();
          if (event != null) {
            select(selection, id, event);
          }
        });
    gone.forEach((id, event) -> select(selection, id, event));
    return selection.events();
  }

  private static void select(EventSelection selection, String id, PastEvent newest) {
    PastEvent event = newest;
    for (int i = 0; event != null && i < PastEvent.MAX_EVENTS; i++) {
      if (selection.wants(event.name(), event.atMillis())) {
        selection.add(event.toEvent(id));
      }
      event = event.older();
    }
  }

  void removeOld(long nowNanos) {
    gone.removeOld(nowNanos);
  }

  void clear() {
    gone.clear();
  }

  /** Returns about how many bytes the history takes, besides what services count. */
  long bytes() {
    return budget.bytes();
  }

  /** Returns how many ids that are not alive have a history. */
  int gone() {
    return gone.size();
  }
}
