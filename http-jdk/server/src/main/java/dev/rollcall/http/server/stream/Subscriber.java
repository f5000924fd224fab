package dev.rollcall.http.server.stream;

/**
 * A request that waits for changes. Run by one of the writers at a time, when there is something to
 * send.
 */
abstract class Subscriber implements Runnable {
  private final QueryFeed feed;

  /** Whether it waits for a writer, or has one. Guarded by the broadcaster's lock. */
  private boolean isQueued;

  /** Used by the writer alone, one at a time. */
  private boolean hasPlace = true;

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

  /** Gives back its place, once, before its client can see the end of the response. */
  final void giveBackPlace(Watches watches) {
    if (hasPlace) {
      hasPlace = false;
      watches.giveBackPlace();
    }
  }

  /** Returns whether there is something to send. To be called with the broadcaster's lock held. */
  abstract boolean isDue(long nowNanos);
}
