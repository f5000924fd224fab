package dev.rollcall.http.server.memory;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Watches the bodies that are being read and the responses that are being sent, and cuts off
 * clients that are too slow: a client that has taken nothing of its response for 10 s; and a client
 * that after 2 s is slower than 8 KiB a second, if others need its room or its request was refused.
 */
public final class SlowClientMonitor {
  /** How long a client may take nothing of its response. */
  public static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LEAST_BYTES_PER_SECOND = 8 << 10;
  private static final double NANOS_PER_SECOND = 1e9;

  /** So many that threads on several processors seldom write to places beside each other. */
  private static final int PLACES = 1024;

  /** Spreads numbers that follow each other (Knuth, The Art of Computer Programming, 6.4). */
  private static final int GOLDEN_RATIO = 0x9E37_79B9;

  private enum Kind {
    BODY,
    ANSWER,
    REST
  }

  private final int sliceBytes;
  private final LongSupplier nanoTime;
  private final Set<Transfer> underWay = ConcurrentHashMap.newKeySet(PLACES);

  /**
   * Creates a monitor without transfers.
   *
   * @param sliceBytes how much of an answer is written at a time
   */
  public SlowClientMonitor(int sliceBytes, LongSupplier nanoTime) {
    this.sliceBytes = sliceBytes;
    this.nanoTime = nanoTime;
  }

  public int sliceBytes() {
    return sliceBytes;
  }

  /** One body or answer, moved by the thread that began it. */
  public final class Transfer implements AutoCloseable {
    private final Kind kind;
    private final Thread thread = Thread.currentThread();
    private final long startNanos = nanoTime.getAsLong();

    /** Written by its own thread alone, as {@link #movedAfterNanos}: so without a fence. */
    private final AtomicLong bytes = new AtomicLong();

    /** From the start to the last movement. */
    private final AtomicLong movedAfterNanos = new AtomicLong();

    private boolean ended;
    private boolean wasCutOff;

    private Transfer(Kind kind) {
      this.kind = kind;
    }

    /** Notes that some more bytes have been read or written. */
    public void moved(int count) {
      bytes.setRelease(bytes.getPlain() + count);
      movedAfterNanos.setRelease(nanoTime.getAsLong() - startNanos);
    }

    private boolean hasHaltedFor(long nanos, long now) {
      return now - startNanos - movedAfterNanos.get() >= nanos;
    }

    private boolean isStalled(long now) {
      return switch (kind) {
        case BODY -> false;
        case ANSWER -> hasHaltedFor(STALLED_NANOS, now);
        case REST -> isSlow(now);
      };
    }

    private boolean isSlow(long now) {
      double seconds = (now - startNanos - GRACE_NANOS) / NANOS_PER_SECOND;
      return bytes.get() + sliceBytes < seconds * LEAST_BYTES_PER_SECOND;
    }

    /** Returns whether the connection was ended because the client is too slow. */
    public synchronized boolean wasCutOff() {
      return wasCutOff;
    }

    /** Ends the connection: the JDK closes a channel whose blocked reader or writer it is told. */
    private synchronized boolean cutOff() {
      if (ended || wasCutOff) {
        return false;
      }
      wasCutOff = true;
      thread.interrupt();
      return true;
    }

    /**
     * A platform thread mostly has one transfer at a time, and finds the place of its last in its
     * own cache.
     */
    @Override
    public int hashCode() {
      return thread.hashCode() * GOLDEN_RATIO; // Virtual threads have their numbers as hashes.
    }

    /** Ends it, on its own thread. */
    @Override
    public void close() {
      underWay.remove(this);
      synchronized (this) {
        ended = true;
        if (wasCutOff) {
          // That was for the transfer, which may have ended before it came to it.
          var unused = Thread.interrupted();
        }
      }
    }
  }

  /** Begins to read a body, on this thread. */
  public Transfer ofBody() {
    return begin(new Transfer(Kind.BODY));
  }

  /** Begins to send an answer, on this thread. */
  public Transfer ofResponse() {
    return begin(new Transfer(Kind.ANSWER));
  }

  /** Begins to read what is left of a body whose request has been answered, on this thread. */
  public Transfer ofRest() {
    return begin(new Transfer(Kind.REST));
  }

  private Transfer begin(Transfer transfer) {
    underWay.add(transfer);
    return transfer;
  }

  /** Cuts off those that have come to a halt. */
  public void cutOffStalled() {
    long now = nanoTime.getAsLong();
    for (Transfer transfer : underWay) {
      if (transfer.isStalled(now)) {
        var unused = transfer.cutOff();
      }
    }
  }

  /** Cuts off those of some threads by which nothing was read or written for so long. */
  public void cutOffAfter(long nanos, Predicate<Thread> threads) {
    long now = nanoTime.getAsLong();
    for (Transfer transfer : underWay) {
      if (threads.test(transfer.thread) && transfer.hasHaltedFor(nanos, now)) {
        var unused = transfer.cutOff();
      }
    }
  }

  /** Cuts off those that are too slow while others need their room; returns how many. */
  int cutOffSlow() {
    long now = nanoTime.getAsLong();
    int count = 0;
    for (Transfer transfer : underWay) {
      if (transfer.isSlow(now) && transfer.cutOff()) {
        count++;
      }
    }
    return count;
  }
}
