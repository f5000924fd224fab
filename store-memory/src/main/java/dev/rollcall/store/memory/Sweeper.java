package dev.rollcall.store.memory;

import java.lang.System.Logger.Level;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs the sweep at its interval, on a given executor or on a thread of its own. */
final class Sweeper implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.rollcall.store.memory");

  private final Future<?> schedule;
  private final @Nullable ScheduledExecutorService own;

  private Sweeper(Future<?> schedule, @Nullable ScheduledExecutorService own) {
    this.schedule = schedule;
    this.own = own;
  }

  static Sweeper start(@Nullable ScheduledExecutorService given, Runnable sweep, long nanos) {
    ScheduledExecutorService own = given == null ? newExecutor() : null;
    ScheduledExecutorService executor = given == null ? own : given;
    Future<?> schedule =
        executor.scheduleWithFixedDelay(() -> runSafely(sweep), nanos, nanos, TimeUnit.NANOSECONDS);
    return new Sweeper(schedule, own);
  }

  private static ScheduledExecutorService newExecutor() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "rollcall-memory-sweep");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** An exception would end the schedule. */
  private static void runSafely(Runnable sweep) {
    try {
      sweep.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "A sweep failed; the next one goes on", e);
    }
  }

  @Override
  public void close() {
    schedule.cancel(false);
    if (own != null) {
      own.shutdownNow();
    }
  }
}
