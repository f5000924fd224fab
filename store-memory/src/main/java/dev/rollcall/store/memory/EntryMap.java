package dev.rollcall.store.memory;

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

  /** Puts a new entry for an id. Returns null, or why there is no room for it. */
  @Nullable String tryPut(String id, Entry entry, long nowNanos) {
    Put put = new Put(entry, nowNanos);
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

  /** Runs under the map's lock for the id. Everything that it needs is allocated before. */
  private final class Put implements BiFunction<String, @Nullable Entry, @Nullable Entry> {
    private final Entry entry;
    private final long nowNanos;
    private boolean isAdded;
    private @Nullable String refusal;

    Put(Entry entry, long nowNanos) {
      this.entry = entry;
      this.nowNanos = nowNanos;
    }

    @Override
    public @Nullable Entry apply(String id, @Nullable Entry old) {
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
        end(old);
      }
      wheel.add(entry, entry.deadlineFrom(nowNanos), nowNanos);
      return entry;
    }

    private void end(Entry old) {
      if (old.end(nowNanos) == Entry.ENDED) {
        everEnded.incrementAndGet();
      } else {
        entry.continueFrom(old);
      }
      old.release();
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
