package dev.rollcall.store.memory;

import dev.rollcall.spi.Claim;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The entries by id, and the bound on their number. */
final class EntryMap {
  private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicInteger held = new AtomicInteger();
  private final LongAdder everEnded = new LongAdder();
  private final LongAdder everRemoved = new LongAdder();
  private final AtomicLong expired = new AtomicLong();
  private final int max;

  EntryMap(int max) {
    this.max = max;
  }

  /** Returns the entry of an id, which may have ended. */
  @Nullable Entry get(String id) {
    return entries.get(id);
  }

  /** Returns the new entry of the claim's id, or null if there is no room for it. */
  @Nullable Entry tryPut(Claim claim, long nowNanos, long nowMillis) {
    return entries.compute(
        claim.id(),
        (id, old) -> {
          if (old == null) {
            return tryHoldOneMore() ? new Entry(claim, nowMillis, nowMillis, nowNanos) : null;
          }
          boolean livesOn = old.end(nowNanos) != Entry.ENDED;
          if (!livesOn) {
            everEnded.increment();
          }
          return new Entry(
              claim, livesOn ? old.registeredAtMillis() : nowMillis, nowMillis, nowNanos);
        });
  }

  private boolean tryHoldOneMore() {
    int before = held.get();
    while (before < max) {
      if (held.compareAndSet(before, before + 1)) {
        return true;
      }
      before = held.get();
    }
    return false;
  }

  /**
   * Takes an ended entry out, and returns the one that has replaced it, or null.
   *
   * <p>A registration ends the old entry a moment before it puts the new one in its place, under
   * the map's lock for the id. So an ended entry may stand for a live service for that moment; this
   * waits it out.
   */
  @Nullable Entry successorOf(Entry ended, String id) {
    return entries.computeIfPresent(
        id,
        (key, current) -> {
          if (current != ended) {
            return current;
          }
          held.decrementAndGet();
          everEnded.increment();
          return null;
        });
  }

  void forEach(BiConsumer<String, Entry> action) {
    entries.forEach(action);
  }

  /**
   * Returns how many entries there are, those included that have expired and wait for the sweep.
   */
  int size() {
    return held.get();
  }

  /** Is told of an entry that was ended before it could expire, just before it is taken out. */
  void onRemoved() {
    everRemoved.increment();
  }

  /** Returns how many entries have expired and were taken out or replaced since. */
  long expired() {
    // What is removed is counted here before it counts as ended; a read between must not fall.
    return expired.accumulateAndGet(everEnded.sum() - everRemoved.sum(), Math::max);
  }

  int max() {
    return max;
  }

  void clear() {
    entries.clear();
  }
}
