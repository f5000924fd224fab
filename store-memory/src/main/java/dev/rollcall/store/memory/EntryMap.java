package dev.rollcall.store.memory;

import dev.rollcall.Fence;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.Registration;
import dev.rollcall.history.ServiceMark;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The entries by id, within the store's capacity.
 *
 * <p>An entry counts towards the capacity from when it is put in until it is taken out or replaced.
 * Both happen under the map's lock for its id, so each exactly once. During just this time an entry
 * has its registration.
 */
final class EntryMap {
  private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
  private final Capacity capacity;
  private final ExpiryWheel wheel;
  private final Histories histories;

  // Not a LongAdder, which allocates: an Error between two updates would make the counters
  // inconsistent.
  private final AtomicLong expired = new AtomicLong();

  EntryMap(Capacity capacity, ExpiryWheel wheel, Histories histories) {
    this.capacity = capacity;
    this.wheel = wheel;
    this.histories = histories;
  }

  /** Returns the entry of an id, which may have ended. */
  @Nullable Entry get(String id) {
    return entries.get(id);
  }

  /**
   * Puts a new entry for an id. Returns null, or why there is no room for it.
   *
   * @param fence which holder of the id it may take the place of; with a lease id it takes the
   *     place of a live one only
   * @throws LeaseEndedException if the fence has a lease id and the id is not alive
   * @throws dev.rollcall.LeaseSupersededException if the fence does not admit the holder
   */
  @Nullable String tryPut(String id, Entry entry, Fence fence, long nowNanos) {
    Put put = new Put(entry, fence, nowNanos);
    try {
      entries.compute(id, put);
    } catch (Throwable e) {
      // The map allocates its node last, and there may be no memory for it.
      if (entries.get(id) != entry) {
        put.undo();
      }
      throw e;
    }
    return put.refusal;
  }

  /**
   * Runs under the map's lock for the id. Everything that it needs is allocated before it changes
   * anything, except the exception of an update that finds the lease ended, which undoes it.
   */
  private final class Put implements BiFunction<String, @Nullable Entry, @Nullable Entry> {
    private final Entry entry;
    private final Fence fence;
    private final long nowNanos;
    private boolean isAdded;
    private @Nullable String refusal;

    Put(Entry entry, Fence fence, long nowNanos) {
      this.entry = entry;
      this.fence = fence;
      this.nowNanos = nowNanos;
    }

    @Override
    public @Nullable Entry apply(String id, @Nullable Entry present) {
      checkAdmitted(id, present);
      // One without its registration has left, and an Error came before it was out of the map.
      Entry old = present == null || present.registration() == null ? null : present;
      boolean isAlive = old != null && old.deadline(nowNanos) != Entry.ENDED;
      Histories.Prepared prepared = old == null ? null : histories.prepare(old, isAlive ? 1 : 2);
      long oldBytes = old == null ? 0 : old.heapBytes();
      if (old == null && !capacity.tryAddService()) {
        refusal = capacity.fullOfServices(id);
        return present;
      }
      if (!capacity.tryAddBytes(entry.heapBytes() - oldBytes)) {
        if (old == null) {
          capacity.removeService();
        }
        refusal = capacity.fullOfBytes(id, entry.heapBytes());
        return present;
      }
      isAdded = old == null;
      if (old == null) {
        histories.begin(id, entry);
      } else if (isAlive) {
        long deadline = old.end(nowNanos);
        if (deadline == Entry.ENDED) { // It was ended after it was looked at.
          capacity.removeBytes(entry.heapBytes() - oldBytes);
          return apply(id, old);
        }
        entry.continueFrom(old, deadline);
        histories.supersede(entry, old, prepared);
        old.release();
      } else {
        expired.incrementAndGet();
        histories.comeBack(entry, old, prepared);
        old.release();
      }
      wheel.add(entry, entry.deadlineFrom(nowNanos), nowNanos);
      return entry;
    }

    private void checkAdmitted(String id, @Nullable Entry old) {
      if (fence.leaseId().isEmpty()) {
        return;
      }
      if (old == null || old.deadline(nowNanos) == Entry.ENDED) {
        throw new LeaseEndedException(
            "'" + id + "' was not updated: no live service has this id", null);
      }
      if (!old.admits(fence)) {
        histories.refuse(old, EventKind.REFUSED_UPDATE, fence.leaseId().get(), null, nowNanos);
        throw MemoryTtlStore.superseded(id);
      }
    }

    void undo() {
      if (isAdded && entry.registration() != null) {
        histories.forget(entry);
        giveBack(entry);
      }
    }
  }

  /**
   * Removes the live entry of an id.
   *
   * @param fence which holder of the id it may be
   * @param client who asked for it, or null
   * @return what was removed, or null if the id is not alive
   * @throws dev.rollcall.LeaseSupersededException if the fence does not admit the holder
   */
  @Nullable Removal remove(
      String id, Fence fence, @Nullable String client, long nowNanos, long nowMillis) {
    Removal removal = new Removal(fence, client, nowNanos, nowMillis);
    entries.computeIfPresent(id, removal);
    return removal.entry == null ? null : removal;
  }

  /**
   * Runs under the map's lock for the id, and then says what it has taken out. Everything that it
   * needs is allocated before it changes anything.
   */
  final class Removal implements BiFunction<String, Entry, @Nullable Entry> {
    private final Fence fence;
    private final @Nullable String client;
    private final long nowNanos;
    private final long nowMillis;
    private @Nullable Entry entry;
    private @Nullable Registration registration;
    private Set<ServiceMark> marks = Set.of();
    private long deadlineNanos;

    private Removal(Fence fence, @Nullable String client, long nowNanos, long nowMillis) {
      this.fence = fence;
      this.client = client;
      this.nowNanos = nowNanos;
      this.nowMillis = nowMillis;
    }

    @Override
    public @Nullable Entry apply(String id, Entry held) {
      if (held.deadline(nowNanos) == Entry.ENDED) {
        takeOut(id, held);
        return null;
      }
      if (!held.admits(fence)) {
        String lease = fence.leaseId().orElseThrow();
        histories.refuse(held, EventKind.REFUSED_REMOVAL, lease, client, nowNanos);
        throw MemoryTtlStore.superseded(id);
      }
      Histories.Prepared prepared = histories.prepare(held, 2);
      boolean isByLease = fence.leaseId().isPresent();
      long last = held.end(nowNanos);
      if (last == Entry.ENDED) { // It was ended after it was looked at.
        takeOut(id, held);
        return null;
      }
      entry = held;
      registration = held.registration();
      marks = held.marks(nowMillis, nowNanos);
      deadlineNanos = last;
      histories.remove(id, held, prepared, isByLease, client, nowNanos);
      giveBack(held);
      return null;
    }

    /** Returns the entry that was taken out. */
    Entry entry() {
      return Objects.requireNonNull(entry);
    }

    /** Returns its registration, which it has no more. */
    Registration registration() {
      return Objects.requireNonNull(registration);
    }

    /** Returns the marks that it had. */
    Set<ServiceMark> marks() {
      return marks;
    }

    /** Returns when its lease would have ended. */
    long deadlineNanos() {
      return deadlineNanos;
    }
  }

  /**
   * Takes an ended entry out, and returns the one that has replaced it, or null.
   *
   * <p>A registration first ends the old entry and then replaces it, under the map's lock for the
   * id. So for a moment the map may have an ended entry for a live service; this waits for the
   * lock.
   */
  @Nullable Entry successorOf(Entry ended, String id) {
    return entries.computeIfPresent(
        id,
        (key, current) -> {
          if (current != ended) {
            return current;
          }
          takeOut(id, ended);
          return null;
        });
  }

  /** Ends what is left of an entry whose lease has ended. Runs under the map's lock for the id. */
  private void takeOut(String id, Entry ended) {
    if (ended.registration() != null) {
      histories.expire(id, ended);
      expired.incrementAndGet();
      giveBack(ended);
    }
  }

  /**
   * Notes that the holder of an id has refused a ping, if it still holds it. If there is no memory
   * for that, it is forgotten.
   */
  void refusePing(String id, Fence fence, long nowNanos) {
    try {
      entries.computeIfPresent(
          id,
          (key, held) -> {
            boolean isAlive = held.registration() != null && held.deadline(nowNanos) != Entry.ENDED;
            if (isAlive && !held.admits(fence)) {
              String lease = fence.leaseId().orElseThrow();
              histories.refuse(held, EventKind.REFUSED_PING, lease, null, nowNanos);
            }
            return held;
          });
    } catch (OutOfMemoryError e) {
      // The call is refused nevertheless.
    }
  }

  /** Passes on what happened to an id, newest first, under the map's lock for it. */
  void history(String id, long nowNanos, EventSink sink) {
    entries.compute(
        id,
        (key, entry) -> {
          if (entry != null && entry.deadline(nowNanos) != Entry.ENDED) {
            entry.forEachEvent(id, sink);
            return entry;
          }
          if (entry != null) {
            takeOut(id, entry);
          }
          histories.ofGone(id, sink);
          return null;
        });
  }

  /**
   * Passes on what happened to all ids, to each at a moment of its own. Some events may come twice.
   *
   * <p>An id that ends or comes back meanwhile moves between those that are alive and those that
   * are gone. So the latter are looked at before, newest first, and those that have ended since are
   * looked at afterwards.
   */
  void histories(long nowNanos, EventSink sink) {
    List<String> before = histories.goneIds();
    for (int i = before.size() - 1; i >= 0; i--) {
      history(before.get(i), nowNanos, sink);
    }
    entries.keySet().forEach(id -> history(id, nowNanos, sink));
    List<String> after = histories.goneIds();
    String last = before.isEmpty() ? "" : before.get(before.size() - 1);
    for (int i = after.size() - 1; i >= 0 && !after.get(i).equals(last); i--) {
      history(after.get(i), nowNanos, sink);
    }
  }

  private void giveBack(Entry entry) {
    capacity.removeBytes(entry.heapBytes());
    capacity.removeService();
    entry.release();
  }

  /** Takes an entry out if its lease is over. */
  void removeIfOver(Entry entry, long nowNanos) {
    Registration registration = entry.registration();
    if (registration != null && entry.deadline(nowNanos) == Entry.ENDED) {
      var unused = successorOf(entry, registration.id().orElseThrow());
    }
  }

  void forEach(BiConsumer<String, Entry> action) {
    entries.forEach(action);
  }

  /** Returns how many entries have expired and were then taken out or replaced. */
  long expired() {
    return expired.get();
  }

  void clear() {
    entries.clear();
    histories.clear();
  }
}
