package dev.rollcall;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler that {@linkplain Registrar registrars} ping by. One keeps any number of them alive;
 * a registrar that is given none makes its own.
 *
 * <p>Each registrar schedules its next step when it has done the one before, so a pause of the JVM
 * piles nothing up, and no exception ends its pings.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Keepalive implements AutoCloseable {
  /** The name of core's one logger. */
  static final System.Logger LOG = System.getLogger("dev.rollcall");

  /** A step blocks while it asks the registry; the second thread serves others meanwhile. */
  private static final int THREADS = 2;

  private final ScheduledExecutorService executor;
  private final @Nullable ScheduledExecutorService own;

  private Keepalive(ScheduledExecutorService executor, @Nullable ScheduledExecutorService own) {
    this.executor = executor;
    this.own = own;
  }

  /**
   * Makes one with two daemon threads of its own, {@code rollcall-keepalive}, started on demand.
   *
   * @return the scheduler, the caller's to close
   */
  public static Keepalive create() {
    var own =
        new ScheduledThreadPoolExecutor(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "rollcall-keepalive");
              thread.setDaemon(true);
              return thread;
            });
    own.setRemoveOnCancelPolicy(true);
    return new Keepalive(own, own);
  }

  /**
   * Makes one on an executor. A ping blocks its thread while it asks the registry, so it should
   * have more than one.
   *
   * @param executor stays the caller's to shut down
   * @return the scheduler
   */
  public static Keepalive on(ScheduledExecutorService executor) {
    return new Keepalive(Objects.requireNonNull(executor, "executor"), null);
  }

  /** Runs a step once, after a delay; what it throws is logged. */
  Future<?> schedule(Duration delay, Runnable step) {
    try {
      return executor.schedule(() -> runSafely(step), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the keepalive's executor is shut down", e);
    }
  }

  private static void runSafely(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "A keepalive step failed unexpectedly", e);
    }
  }

  /**
   * Ends all pings and, if it made its threads, those. What is registered stays so until its lease
   * ends; close its registrars first.
   *
   * <p>Idempotent. Does not wait.
   */
  @Override
  public void close() {
    if (own != null) {
      own.shutdownNow();
    }
  }
}
