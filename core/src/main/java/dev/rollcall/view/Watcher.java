package dev.rollcall.view;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Calls one listener, one call at a time. What happens while a call runs is merged to the newest
 * state of each service, so a slow listener is behind by one change a service at most.
 */
final class Watcher implements Watch {
  private static final System.Logger LOG = System.getLogger("dev.rollcall");

  /** How long closing waits for a call: longer than a listener takes that is not stuck. */
  static final Duration MAX_WAIT = Duration.ofSeconds(5);

  private final WatchListener listener;
  private final Executor threads;
  private final InstantSource clock;
  private final Runnable onClose;

  /** Held while the listener is called. */
  private final ReentrantLock calling = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private Map<String, Change> pending = new LinkedHashMap<>();
  private @Nullable View view;

  /** What the listener was told last. */
  private List<Service> told = List.of();

  /** Whether the changes are found by comparing with that: they were not offered, or were lost. */
  private boolean isTorn;

  private boolean isScheduled;
  private volatile boolean closed;

  /**
   * Creates a watcher.
   *
   * @param threads call the listener
   * @param clock dates what is found by comparing
   * @param onClose is called each time this is closed
   */
  Watcher(WatchListener listener, Executor threads, InstantSource clock, Runnable onClose) {
    this.listener = listener;
    this.threads = threads;
    this.clock = clock;
    this.onClose = onClose;
  }

  /** Has the listener told how a view differs from what it was told last. Does not block. */
  void offer(View latest) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      isTorn = true;
      view = latest;
    } finally {
      lock.unlock();
    }
    schedule();
  }

  /** Has the listener told. Does not block. */
  void offer(View latest, List<Change> changes) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      boolean wasTorn = isTorn;
      view = latest;
      isTorn = true; // Unless all are merged.
      changes.forEach(this::merge);
      isTorn = wasTorn;
    } finally {
      lock.unlock();
    }
    schedule();
  }

  private void merge(Change next) {
    Change before = pending.get(next.id());
    if (before == null) {
      pending.put(next.id(), next);
      return;
    }
    // What the listener knows is what the first of the changes came from.
    Optional<Service> known = before.previous();
    if (next.isGone() && known.isEmpty()) {
      pending.remove(next.id());
    } else {
      Change.Type type = next.isGone() ? next.type() : Change.Type.of(known, next.service());
      pending.put(next.id(), new Change(type, next.service(), known, next.at()));
    }
  }

  /** Sees to it that the listener is called, if there is something to tell it. */
  void schedule() {
    lock.lock();
    try {
      if (view == null || isScheduled || closed) {
        return;
      }
      isScheduled = true;
    } finally {
      lock.unlock();
    }
    boolean started = false;
    try {
      threads.execute(this::deliver);
      started = true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      // The view calls this again at its next step.
    } finally {
      if (!started) {
        unschedule();
      }
    }
  }

  private void unschedule() {
    lock.lock();
    try {
      isScheduled = false;
    } finally {
      lock.unlock();
    }
  }

  private void deliver() {
    boolean isDone = false;
    try {
      while (!isDone) {
        isDone = !deliverOnce();
      }
    } finally {
      if (!isDone) { // An Error before the listener was called: what is pending stays.
        unschedule();
      }
    }
  }

  /** Returns whether there was something to tell. */
  private boolean deliverOnce() {
    calling.lock();
    try {
      View latest;
      List<Change> changes;
      lock.lock();
      try {
        if (view == null || closed) {
          isScheduled = false;
          return false;
        }
        Map<String, Change> fresh = new LinkedHashMap<>();
        changes =
            isTorn
                ? Difference.between(told, view.services(), clock.instant())
                : List.copyOf(pending.values());
        latest = view;
        told = latest.services();
        isTorn = false;
        pending = fresh;
        view = null;
      } finally {
        lock.unlock();
      }
      call(latest, changes);
      return true;
    } finally {
      calling.unlock();
    }
  }

  private void call(View latest, List<Change> changes) {
    try {
      listener.changed(latest, changes);
    } catch (Throwable e) {
      report(e);
    } finally {
      var unused = Thread.interrupted(); // A listener may have set it.
    }
  }

  private static void report(Throwable failure) {
    try {
      LOG.log(Level.WARNING, "A listener of a watch failed; it is called again", failure);
    } catch (Throwable e) {
      // The logger, or no memory for it. There is nobody else to tell.
    }
  }

  @Override
  public void close() {
    beginClose();
    awaitCall(System.nanoTime() + MAX_WAIT.toNanos());
  }

  /** From now on no call of the listener begins. */
  void beginClose() {
    lock.lock();
    try {
      closed = true;
      pending = Map.of();
      view = null;
      told = List.of();
    } finally {
      lock.unlock();
    }
    onClose.run();
  }

  /**
   * Waits for the listener's call that runs, unless that is the caller's own: through interrupts,
   * until a nano time.
   */
  void awaitCall(long deadlineNanos) {
    if (calling.isHeldByCurrentThread()) {
      return;
    }
    boolean isInterrupted = Thread.interrupted();
    boolean isOver = false;
    while (!isOver) {
      try {
        if (calling.tryLock(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          calling.unlock();
        }
        isOver = true;
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
