package dev.rollcall.store.memory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ObjLongConsumer;
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
 * <p>An entry that was replaced or removed stays linked until its bucket is emptied, without its
 * registration. Once there are more of these than live ones, all buckets are emptied, which costs
 * each registration that led to it about two more looks at an entry.
 *
 * <p>It decides nothing: readers check the lease themselves. Entries may be added by any thread.
 */
final class ExpiryWheel {
  /** 2^30 ns, about 1.07 s. */
  private static final int TICK_SHIFT = 30;

  static final long TICK_NANOS = 1L << TICK_SHIFT;

  /** A ring of 137 s, which holds the usual ttls. */
  private static final int BUCKETS = 128;

  /** So many ended entries, 56 KB, are not worth a search, however few are live. */
  static final int FEW_ENDED = 1_000;

  private final AtomicReferenceArray<@Nullable Entry> buckets = new AtomicReferenceArray<>(BUCKETS);
  private final AtomicInteger size = new AtomicInteger();
  private final ReentrantLock sweeping = new ReentrantLock();
  private final long originNanos;
  private final ObjLongConsumer<Entry> removeIfOver;
  private long nextTick;

  /**
   * Makes a wheel.
   *
   * @param removeIfOver gets each entry whose tick is over, and the time
   */
  ExpiryWheel(long nowNanos, ObjLongConsumer<Entry> removeIfOver) {
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
    size.incrementAndGet();
    long last = tickOf(nowNanos) + BUCKETS - 1;
    link(entry, entry, bucketOf(Math.min(tickOf(deadlineNanos), last)));
  }

  private static int bucketOf(long tick) {
    return (int) (tick & (BUCKETS - 1));
  }

  /** Puts a chain of entries at the head of a bucket. */
  private void link(Entry first, Entry last, int bucket) {
    Entry head;
    do {
      head = buckets.get(bucket);
      last.nextInBucket = head;
    } while (!buckets.compareAndSet(bucket, head, first));
  }

  /** Returns how many entries are linked, those included that have ended. */
  int size() {
    return size.get();
  }

  /** Gives back what has ended, up to this very moment. */
  void sweep(long nowNanos) {
    sweeping.lock();
    try {
      long now = tickOf(nowNanos);
      // Whatever the pause, each bucket need be emptied but once.
      for (long tick = Math.max(nextTick, now - BUCKETS + 1); tick <= now; tick++) {
        empty(bucketOf(tick), nowNanos);
      }
      // The present tick's bucket still fills, so it comes again.
      nextTick = now;
    } finally {
      sweeping.unlock();
    }
  }

  /**
   * Unlinks the ended entries if they are many beside the live ones. Whoever adds entries calls it,
   * and waits meanwhile: a thread of its own could fall behind.
   */
  void unlinkEndedBeside(int live, long nowNanos) {
    long limit = 2L * live + FEW_ENDED;
    if (size.get() <= limit) {
      return;
    }
    sweeping.lock();
    try {
      if (size.get() > limit) { // no other did it while this one waited
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
          empty(bucket, nowNanos);
        }
      }
    } finally {
      sweeping.unlock();
    }
  }

  private void empty(int bucket, long nowNanos) {
    Entry rest = buckets.getAndSet(bucket, null);
    try {
      while (rest != null) {
        Entry entry = rest;
        removeIfOver.accept(entry, nowNanos);
        // From here on nothing allocates, so nothing fails: an entry is in the rest or dealt with.
        rest = entry.nextInBucket;
        entry.nextInBucket = null;
        size.decrementAndGet();
        if (entry.registration() != null) {
          long deadline = entry.deadline(nowNanos);
          add(entry, deadline == Entry.ENDED ? nowNanos : deadline, nowNanos);
        }
      }
    } finally {
      if (rest != null) {
        putBack(rest, bucket);
      }
    }
  }

  /** After an Error, such as an {@link OutOfMemoryError}. The next sweep comes here again. */
  private void putBack(Entry first, int bucket) {
    Entry last = first;
    while (last.nextInBucket != null) {
      last = last.nextInBucket;
    }
    link(first, last, bucket);
  }
}
