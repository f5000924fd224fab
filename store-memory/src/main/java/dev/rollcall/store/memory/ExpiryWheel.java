package dev.rollcall.store.memory;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entries whose lease has ended, so that their memory comes back without a read.
 *
 * <p>A ring of buckets, one a tick, each a linked list through its entries. An entry is put where
 * its lease would end; a ping does not move it. When the tick is over, its bucket is emptied: what
 * has ended goes, what was pinged is put where its lease ends now. So the wheel touches an entry
 * once in a ttl, however often it is pinged, and costs it one reference. A lease that ends beyond
 * the ring waits in its last bucket and is put on from there.
 *
 * <p>It decides nothing: readers check the lease themselves. Entries may be added by any thread.
 */
final class ExpiryWheel {
  /** 2^30 ns, about 1.07 s. */
  private static final int TICK_SHIFT = 30;

  static final long TICK_NANOS = 1L << TICK_SHIFT;

  /** A ring of 137 s, which holds the usual ttls. */
  private static final int BUCKETS = 128;

  private final AtomicReferenceArray<@Nullable Entry> buckets = new AtomicReferenceArray<>(BUCKETS);
  private final ReentrantLock sweeping = new ReentrantLock();
  private final long originNanos;
  private final Consumer<Entry> removeIfOver;
  private long nextTick;

  /**
   * Makes a wheel.
   *
   * @param removeIfOver gets each entry whose tick is over
   */
  ExpiryWheel(long nowNanos, Consumer<Entry> removeIfOver) {
    this.originNanos = nowNanos;
    this.removeIfOver = removeIfOver;
  }

  private long tickOf(long nanos) {
    return (nanos - originNanos) >> TICK_SHIFT;
  }

  /**
   * Adds an entry.
   *
   * <p>Should its bucket be emptied between the clock's reading and this, the entry waits there for
   * one turn of the ring. That delays its memory alone.
   */
  void add(Entry entry, long deadlineNanos, long nowNanos) {
    long last = tickOf(nowNanos) + BUCKETS - 1;
    int bucket = (int) (Math.min(tickOf(deadlineNanos), last) & (BUCKETS - 1));
    Entry head;
    do {
      head = buckets.get(bucket);
      entry.nextInBucket = head;
    } while (!buckets.compareAndSet(bucket, head, entry));
  }

  /** Gives back what has ended, up to this very moment. */
  void sweep(long nowNanos) {
    sweeping.lock();
    try {
      long now = tickOf(nowNanos);
      // Whatever the pause, each bucket need be emptied but once.
      for (long tick = Math.max(nextTick, now - BUCKETS + 1); tick <= now; tick++) {
        empty((int) (tick & (BUCKETS - 1)), nowNanos);
      }
      // The present tick's bucket still fills, so it comes again.
      nextTick = now;
    } finally {
      sweeping.unlock();
    }
  }

  private void empty(int bucket, long nowNanos) {
    Entry entry = buckets.getAndSet(bucket, null);
    while (entry != null) {
      Entry next = entry.nextInBucket;
      entry.nextInBucket = null;
      onBucketOver(entry, nowNanos);
      entry = next;
    }
  }

  private void onBucketOver(Entry entry, long nowNanos) {
    if (entry.registration() == null) {
      return; // Ended by another, who sees to the rest.
    }
    removeIfOver.accept(entry);
    long deadline = entry.deadline(nowNanos);
    if (deadline != Entry.ENDED) {
      add(entry, deadline, nowNanos);
    }
  }
}
