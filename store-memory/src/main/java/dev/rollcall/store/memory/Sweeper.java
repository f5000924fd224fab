package dev.rollcall.store.memory;

import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs the sweep at an interval, on a given executor or on a thread of its own. Whatever a sweep
 * throws, the next sweep runs.
 */
final class Sweeper implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.rollcall.store.memory");

  private final Runnable sweep;
  private final long nanos;
  private @Nullable Future<?> schedule;
  private @Nullable Thread thread;
  private volatile boolean closed;

  private Sweeper(Runnable sweep, long nanos) {
    this.sweep = sweep;
    this.nanos = nanos;
  }

  static Sweeper start(@Nullable ScheduledExecutorService given, Runnable sweep, long nanos) {
    Sweeper sweeper = new Sweeper(sweep, nanos);
    if (given == null) {
      Thread thread = new Thread(sweeper::run, "rollcall-memory-sweep");
      thread.setDaemon(true);
      thread.start();
      sweeper.thread = thread;
    } else {
      sweeper.schedule =
          given.scheduleWithFixedDelay(sweeper::sweepSafely, nanos, nanos, TimeUnit.NANOSECONDS);
    }
    return sweeper;
  }

  /** Not on an executor, which allocates for each wait, and stops if it cannot. */
  private void run() {
    while (!closed) {
      LockSupport.parkNanos(this, nanos);
      // An interrupt does not stop the sweeper. The flag is cleared, or the next wait would return
      // at
      // once.
      Thread.interrupted();
      sweepSafely();
    }
  }

  private void sweepSafely() {
    try {
      sweep.run();
    } catch (Throwable e) {
      report(e);
    }
  }

  private static void report(Throwable failure) {
    try {
      LOG.log(Level.WARNING, "A sweep failed; the next one goes on", failure);
    } catch (Throwable e) {
      // The logger failed, or there is no memory for it. There is nobody else to tell.
    }
  }

  @Override
  public void close() {
    closed = true;
    if (schedule != null) {
      schedule.cancel(false);
    }
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }
}
