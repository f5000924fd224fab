package dev.rollcall.store.valkey.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * The connections that have failed and that their pools still count as in use, first in, first out.
 *
 * <p>A linked list through {@link BorrowedConnection#nextFailed}, so that adding one allocates
 * nothing: memory may be what the connection failed for, and one that is dropped here would count
 * as in use for ever. For the same reason it is {@code synchronized}: the queue of a {@link
 * java.util.concurrent.locks.ReentrantLock} has to be allocated. Nothing blocks under the lock.
 */
final class FailedConnections {
  private @Nullable BorrowedConnection first;
  private @Nullable BorrowedConnection last;

  /** Adds a connection, which must not be in the list already. */
  synchronized void add(BorrowedConnection connection) {
    if (last == null) {
      first = connection;
    } else {
      last.nextFailed = connection;
    }
    last = connection;
  }

  /** Removes the oldest connection and returns it; returns null if the list is empty. */
  synchronized @Nullable BorrowedConnection poll() {
    BorrowedConnection polled = first;
    if (polled != null) {
      first = polled.nextFailed;
      polled.nextFailed = null;
      if (first == null) {
        last = null;
      }
    }
    return polled;
  }
}
