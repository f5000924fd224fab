package dev.rollcall.http.server.stream;

/**
 * A request that waits for changes. Run by one of the writers at a time, when there is something to
 * send.
 */
abstract class Subscriber implements Runnable {
  private final QueryFeed feed;

  /** Whether it waits for a writer, or has one. Guarded by the broadcaster's lock. */
  private boolean isQueued;

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

  /** Returns whether there is something to send. To be called with the broadcaster's lock held. */
  abstract boolean isDue(long nowNanos);
}
