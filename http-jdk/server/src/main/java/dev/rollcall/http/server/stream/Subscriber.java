package dev.rollcall.http.server.stream;

import dev.rollcall.http.server.memory.SlowClientMonitor.Transfer;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for changes. Run by one of the writers at a time, when there is something to
 * send.
 */
abstract class Subscriber implements Runnable {
  private final QueryFeed feed;

  /** Whether it waits for a writer, or has one. Guarded by the broadcaster's lock. */
  private boolean isQueued;

  private volatile @Nullable Transfer transfer;

  Subscriber(QueryFeed feed) {
    this.feed = feed;
  }

  final QueryFeed feed() {
    return feed;
  }

  final boolean isQueued() {
    return isQueued;
  }

  final void setQueued(boolean queued) {
    isQueued = queued;
  }

  /** Notes what moves to the client now; null for nothing. */
  final void setTransfer(@Nullable Transfer current) {
    transfer = current;
  }

  /** Cuts off the client if it has taken nothing for so long. */
  final void cutOffAfter(long nanos) {
    Transfer current = transfer;
    if (current != null) {
      current.cutOffAfter(nanos);
    }
  }

  /** Returns whether there is something to send. To be called with the broadcaster's lock held. */
  abstract boolean isDue(long nowNanos);
}
