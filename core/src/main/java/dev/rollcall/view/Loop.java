package dev.rollcall.view;

import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a step whenever it is woken and when the time has come that the step before has named: on a
 * thread of its own, or on an executor. One step at a time; whatever one throws, the next one
 * comes.
 */
final class Loop implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.rollcall");

  /** After a step that failed. */
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier step;
  private final ReentrantLock running = new ReentrantLock();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final @Nullable ScheduledExecutorService executor;
  private final @Nullable Thread thread;
  private volatile boolean closed;

  /** The step that is to come if nothing wakes this loop; used by the one that runs. */
  private @Nullable Future<?> next;

  /**
   * Creates a loop, which does nothing before {@link #start}.
   *
   * @param step returns after how many nanoseconds to call it again if nothing wakes it before
   * @param executor runs the steps; null for a thread of its own
   */
  Loop(String name, LongSupplier step, @Nullable ScheduledExecutorService executor) {
    this.step = step;
    this.executor = executor;
    if (executor == null) {
      // It outlives the request that it began in, whose log context it must not inherit.
      thread = new Thread(null, this::run, name, 0, false);
      thread.setDaemon(true);
    } else {
      thread = null;
    }
  }

  /** Starts. Throws what keeps it from starting. */
  void start() {
    if (thread != null) {
      thread.start();
    } else {
      wake();
    }
  }

  /** Has a step run soon, after the one that runs. Does not block, and does not throw. */
  void wake() {
    if (!woken.compareAndSet(false, true)) {
      return;
    }
    if (thread != null) {
      LockSupport.unpark(thread);
      return;
    }
    boolean queued = false;
    try {
      var unused = schedule(0);
      queued = true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      // An executor that was shut down: nothing is seen any more. Else the next hint tries again.
    } finally {
      if (!queued) {
        woken.set(false);
      }
    }
  }

  private void run() {
    while (!closed) {
      long nanos = stepSafely();
      if (!woken.get() && !closed) {
        LockSupport.parkNanos(this, nanos);
      }
      // An interrupt is nobody's way to end this; left set, no wait would be one.
      var unused = Thread.interrupted();
    }
  }

  private void runOnce() {
    running.lock();
    try {
      if (next != null) {
        next.cancel(false);
      }
      while (!closed && !scheduled(stepSafely())) {
        LockSupport.parkNanos(this, RETRY_NANOS);
      }
    } catch (RejectedExecutionException e) {
      // Its owner has shut the executor down.
    } finally {
      running.unlock();
    }
  }

  /** Returns whether the next step will come: without memory for it, none would ever again. */
  private boolean scheduled(long nanos) {
    try {
      next = schedule(nanos);
      return true;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  private Future<?> schedule(long nanos) {
    return Objects.requireNonNull(executor).schedule(this::runOnce, nanos, TimeUnit.NANOSECONDS);
  }

  private long stepSafely() {
    woken.set(false);
    try {
      return step.getAsLong();
    } catch (Throwable e) {
      report(e);
      return RETRY_NANOS;
    }
  }

  private static void report(Throwable failure) {
    try {
      LOG.log(Level.WARNING, "A view of the services could not be brought up to date", failure);
    } catch (Throwable e) {
      // The logger, or no memory for it. There is nobody else to tell.
    }
  }

  /** Runs no further step. Does not wait for the one that runs. Idempotent. */
  @Override
  public void close() {
    closed = true;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }
}
