package dev.rollcall.store.memory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entries whose lease has ended, so that their memory is freed without a read: a hashed
 * timing wheel (Varghese and Lauck, "Hashed and hierarchical timing wheels", SOSP 1987).
 *
 * <p>A ring of buckets, one for each tick; a bucket is a linked list of its entries. An entry is
 * put into the bucket of the tick in which its lease would end; a ping does not move it. When the
 * tick is over, its bucket is emptied: entries that have ended are removed, and entries that were
 * pinged go to the bucket where their lease ends now. So the wheel touches an entry once in a ttl,
 * however often it is pinged, and needs one reference for it. An entry whose lease ends beyond the
 * ring waits in the last bucket, and moves on from there.
 *
 * <p>An entry that was replaced or removed stays linked until its bucket is emptied, but without
 * its registration. When there are more of these than live entries, all buckets are emptied. For
 * each registration that led to this, it costs about two more looks at an entry.
 *
 * <p>The wheel does not decide who is alive: readers check the lease themselves. Any thread may add
 * entries.
 */
final class ExpiryWheel {
  /** 2^30 ns, about 1.07 s. */
  private static final int TICK_SHIFT = 30;

  static final long TICK_NANOS = 1L << TICK_SHIFT;

  /** A ring of 137 s, which holds the usual ttls. */
  private static final int BUCKETS = 128;

  /** This many ended entries, 56 KB, are not worth a search, however few entries are live. */
  static final int FEW_ENDED = 1_000;

  private final AtomicReferenceArray<@Nullable Entry> buckets = new AtomicReferenceArray<>(BUCKETS);
  private final AtomicInteger size = new AtomicInteger();
  private final ReentrantLock sweeping = new ReentrantLock();
  private final long originNanos;
  private final ObjLongConsumer<Entry> removeIfOver;
  private long nextTick;

  /**
   * Creates a wheel.
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
   * <p>If its bucket is emptied after the clock was read and before this, the entry waits there for
   * one turn of the ring. This only delays freeing its memory.
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

  /** Returns how many entries are linked, including those that have ended. */
  int size() {
    return size.get();
  }

  /** Removes the entries that have ended by now. */
  void sweep(long nowNanos) {
    sweeping.lock();
    try {
      long now = tickOf(nowNanos);
      // However long the pause was, each bucket is emptied only once.
      for (long tick = Math.max(nextTick, now - BUCKETS + 1); tick <= now; tick++) {
        empty(bucketOf(tick), nowNanos);
      }
      // The bucket of the present tick still gets entries, so it is emptied again.
      nextTick = now;
    } finally {
      sweeping.unlock();
    }
  }

  /**
   * Unlinks the ended entries if there are many compared with the live ones. Callers that add
   * entries call it and wait for it: a thread of its own could fall behind.
   */
  void unlinkEndedBeside(int live, long nowNanos) {
    long limit = 2L * live + FEW_ENDED;
    if (size.get() <= limit) {
      return;
    }
    sweeping.lock();
    try {
      if (size.get() > limit) { // no other thread did it while this one waited
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
        // From here on nothing allocates, so nothing fails: an entry is in the rest or processed.
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

  /** After an Error, such as an {@link OutOfMemoryError}. A later sweep empties it again. */
  private void putBack(Entry first, int bucket) {
    Entry last = first;
    while (last.nextInBucket != null) {
      last = last.nextInBucket;
    }
    link(first, last, bucket);
  }
}
