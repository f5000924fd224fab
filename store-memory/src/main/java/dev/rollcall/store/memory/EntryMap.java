package dev.rollcall.store.memory;

import dev.rollcall.Fence;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.Registration;
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

  // Not a LongAdder, which allocates: an Error between two updates would make the counters
  // inconsistent.
  private final AtomicLong everEnded = new AtomicLong();
  private final AtomicLong everRemoved = new AtomicLong();
  private final AtomicLong expired = new AtomicLong();

  EntryMap(Capacity capacity, ExpiryWheel wheel) {
    this.capacity = capacity;
    this.wheel = wheel;
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
   * Runs under the map's lock for the id. Everything that it needs is allocated before, except the
   * exceptions of an update, which changes nothing then.
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
    public @Nullable Entry apply(String id, @Nullable Entry old) {
      checkAdmitted(id, old);
      long oldBytes = old == null ? 0 : old.heapBytes();
      if (oldBytes == 0 && !capacity.tryAddService()) {
        refusal = capacity.fullOfServices(id);
        return old;
      }
      if (!capacity.tryAddBytes(entry.heapBytes() - oldBytes)) {
        if (oldBytes == 0) {
          capacity.removeService();
        }
        refusal = capacity.fullOfBytes(id, entry.heapBytes());
        return old;
      }
      isAdded = oldBytes == 0;
      if (old != null) {
        end(id, old, oldBytes);
      }
      wheel.add(entry, entry.deadlineFrom(nowNanos), nowNanos);
      return entry;
    }

    private void checkAdmitted(String id, @Nullable Entry old) {
      if (fence.leaseId().isEmpty()) {
        return;
      }
      if (old == null || old.deadline(nowNanos) == Entry.ENDED) {
        throw ended(id);
      }
      if (!old.admits(fence)) {
        throw MemoryTtlStore.superseded(id);
      }
    }

    private void end(String id, Entry old, long oldBytes) {
      long deadline = old.end(nowNanos);
      if (deadline != Entry.ENDED) {
        entry.continueFrom(old, deadline);
      } else if (fence.leaseId().isEmpty()) {
        everEnded.incrementAndGet();
      } else { // It was ended after it was checked. It stays until it is taken out.
        capacity.removeBytes(entry.heapBytes() - oldBytes);
        throw ended(id);
      }
      old.release();
    }

    private static LeaseEndedException ended(String id) {
      return new LeaseEndedException(
          "'" + id + "' was not updated: no live service has this id", null);
    }

    void undo() {
      if (isAdded && entry.registration() != null) {
        giveBack(entry);
      }
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
          if (ended.registration() != null) {
            everEnded.incrementAndGet();
            giveBack(ended);
          }
          return null;
        });
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

  /** Counts an entry that was ended before it could expire. Called before it is taken out. */
  void onRemoved() {
    everRemoved.incrementAndGet();
  }

  /** Returns how many entries have expired and were then taken out or replaced. */
  long expired() {
    // A removal counts here before it counts as ended; the result must not fall in between.
    return expired.accumulateAndGet(everEnded.get() - everRemoved.get(), Math::max);
  }

  void clear() {
    entries.clear();
  }
}
