package dev.rollcall.store.valkey;

import dev.rollcall.RegistryBusyException;
import dev.rollcall.Service;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the heap that all lists of a store in progress use together. When a list ends, however it
 * ends, its share is released.
 *
 * <p>Safe for use by any number of threads.
 */
final class ListMemory {
  /** What a service takes in the map that a list collects: an entry, and its part of the table. */
  private static final int ENTRY_BYTES = 48;

  /** After this time other lists are likely to have ended. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** The part of the bound that the values of one round trip may take. */
  private static final int ROUND_TRIP_PART = 8;

  private static final long MAX_ROUND_TRIP_BYTES = 5L << 20;

  private final long maxBytes;
  private final AtomicLong used = new AtomicLong();

  ListMemory(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Returns how many bytes of values one round trip may return, unless a single value is longer.
   */
  long roundTripBytes() {
    return Math.max(1, Math.min(MAX_ROUND_TRIP_BYTES, maxBytes / ROUND_TRIP_PART));
  }

  /** Returns how many bytes the lists in progress use. */
  long used() {
    return used.get();
  }

  static long bytesOf(Service service) {
    return service.heapBytes() + (long) ENTRY_BYTES;
  }

  /**
   * Checks, before it is read, that a value is not longer than all lists may be.
   *
   * @throws RegistryBusyException if it is
   */
  void checkLength(String id, long length) {
    if (length > maxBytes) {
      throw refusal("the value of '" + id + "' alone has " + length + " bytes, and lists may take");
    }
  }

  private RegistryBusyException refusal(String why) {
    return new RegistryBusyException(
        "the services were not listed: "
            + why
            + " "
            + maxBytes
            + " bytes of heap; try again later, or give the process a larger heap (-Xmx), or the"
            + " store a larger max-list-bytes",
        null,
        RETRY_AFTER);
  }

  /** Starts a list. Several threads may use its share. */
  Share open() {
    return new Share();
  }

  /** The memory of one list. */
  final class Share implements AutoCloseable {
    private long held;
    private boolean closed;

    /**
     * Counts more.
     *
     * @throws RegistryBusyException if that is beyond the bound; it is not counted then
     * @throws CancellationException if the list has ended, as it does when one of its threads fails
     */
    synchronized void add(long bytes) {
      if (closed) {
        throw new CancellationException("the list has ended");
      }
      if (used.addAndGet(bytes) > maxBytes) {
        used.addAndGet(-bytes);
        throw refusal("they, and those of other lists under way, take more than");
      }
      held += bytes;
    }

    /** Releases a part of it, unless it is closed. */
    synchronized void remove(long bytes) {
      if (!closed) {
        held -= bytes;
        used.addAndGet(-bytes);
      }
    }

    /** Releases all of it. */
    @Override
    public synchronized void close() {
      remove(held);
      closed = true;
    }
  }
}
