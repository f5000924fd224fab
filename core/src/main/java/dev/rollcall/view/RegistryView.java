package dev.rollcall.view;

import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The view of a registry: it begins with the first watcher, and ends with the last one. Then it
 * forgets the services and ends its threads and its subscription.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RegistryView implements AutoCloseable {
  private final ViewSource source;
  private final LongSupplier nanoTime;
  private final InstantSource wallClock;
  private final @Nullable ScheduledExecutorService executor;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private @Nullable ViewSession session;
  private boolean closed;

  /**
   * Creates a view, which does nothing before it is watched.
   *
   * @param source says what is true
   * @param nanoTime measures intervals and leases
   * @param wallClock dates changes
   * @param executor runs the view and calls the listeners, and stays the caller's; null for threads
   *     of the view's own
   */
  public RegistryView(
      ViewSource source,
      LongSupplier nanoTime,
      InstantSource wallClock,
      @Nullable ScheduledExecutorService executor) {
    this.source = source;
    this.nanoTime = nanoTime;
    this.wallClock = wallClock;
    this.executor = executor;
  }

  /**
   * Opens a watch; see {@link dev.rollcall.ServiceRegistry#watch}.
   *
   * @param query which services
   * @param listener is told
   * @return the watch
   * @throws IllegalArgumentException if the query is paged
   * @throws IllegalStateException if this is closed
   */
  public Watch watch(Query query, WatchListener listener) {
    Objects.requireNonNull(listener, "listener");
    if (query.isPaged()) {
      throw new IllegalArgumentException(
          "a query with a limit or an after cannot be watched: " + query);
    }
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the registry is closed");
      }
      if (session == null) {
        session = ViewSession.start(source, nanoTime, wallClock, executor);
      }
      ViewSession running = session;
      return running.add(query, listener, () -> endIfUnwatched(running));
    } finally {
      lock.unlock();
    }
  }

  private void endIfUnwatched(ViewSession ended) {
    lock.lock();
    try {
      if (!ended.isWatched()) {
        session = session == ended ? null : session;
        ended.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends all watches. Idempotent. */
  @Override
  public void close() {
    ViewSession open;
    lock.lock();
    try {
      closed = true;
      open = session;
    } finally {
      lock.unlock();
    }
    if (open != null) {
      open.closeWatches(); // The last of them ends the session.
    }
  }
}
