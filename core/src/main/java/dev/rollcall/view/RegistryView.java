package dev.rollcall.view;

import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The view of a registry: it begins with the first watcher, and ends with the last one. Then it
 * forgets the services and ends its threads and its subscription.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RegistryView implements AutoCloseable {
  private final ViewSource source;
  private final ViewSettings settings;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private @Nullable ViewSession session;
  private boolean closed;

  /**
   * Creates a view, which does nothing before it is watched.
   *
   * @param source says what is true
   * @param settings how it works
   */
  public RegistryView(ViewSource source, ViewSettings settings) {
    this.source = source;
    this.settings = settings;
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
        session = ViewSession.start(source, settings);
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
