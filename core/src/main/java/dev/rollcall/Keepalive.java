package dev.rollcall;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What {@linkplain Registrar registrars} keep time by. One keeps any number of them alive; a
 * registrar that is given none makes its own.
 *
 * <p>One timer thread starts the calls and waits for none. A registry that can be called without a
 * waiting thread, as that over HTTP can, is called so; for any other, up to 64 threads wait, which
 * are this registry's alone. So a registry that is slow or hangs delays the pings of no other. Each
 * registrar plans its next step when it has done the one before: a pause of the JVM piles nothing
 * up, and what is late is done once.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Keepalive implements AutoCloseable {
  /** The name of core's one logger. */
  static final System.Logger LOG = new ShutdownLog(System.getLogger("dev.rollcall"));

  /** So many listeners may block at once; with the timer, four threads. */
  private static final int CALLBACK_THREADS = 3;

  private final ScheduledExecutorService timer;
  private final Executor callbacks;
  private final Executor checks;
  private final Lanes lanes;
  private final LongSupplier nanoTime;
  private final List<ExecutorService> own;
  private final Set<RegistrarLoop> loops = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean watching = new AtomicBoolean();
  private final StandstillWatch watch;
  private final ShutdownHook hook = new ShutdownHook(() -> close(Keepalive::hasHook));

  private Keepalive(
      ScheduledExecutorService timer, ExecutorService callbacks, ExecutorService checks) {
    this.timer = timer;
    this.callbacks = callbacks;
    this.checks = checks;
    this.lanes = new Lanes();
    this.nanoTime = System::nanoTime;
    this.own = List.of(timer, callbacks, checks);
    this.watch = new StandstillWatch(nanoTime, InstantSource.system());
  }

  private Keepalive(ScheduledExecutorService executor, LongSupplier nanoTime) {
    this.timer = executor;
    this.callbacks = executor;
    this.checks = executor;
    this.lanes = new Lanes(executor);
    this.nanoTime = nanoTime;
    this.own = List.of();
    this.watch = new StandstillWatch(nanoTime, InstantSource.system());
  }

  /**
   * Makes one with threads of its own, daemons that start on demand: one {@code rollcall-keepalive}
   * for the time, {@code rollcall-call} for registries that block, {@code rollcall-callback} for
   * listeners, {@code rollcall-check} for readiness checks.
   *
   * @return the keepalive, the caller's to close
   */
  public static Keepalive create() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "rollcall-keepalive");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return new Keepalive(
        timer,
        new Workers("rollcall-callback", CALLBACK_THREADS),
        new Workers("rollcall-check", Lanes.THREADS));
  }

  /**
   * Makes one on an executor, which does everything: keep the time, wait for registries that block,
   * call listeners and readiness checks. Unless it has a thread for each of them, one that hangs
   * delays the others.
   *
   * @param executor stays the caller's to shut down, after this is closed
   * @return the keepalive
   */
  public static Keepalive on(ScheduledExecutorService executor) {
    return on(executor, System::nanoTime);
  }

  /**
   * Makes one on an executor that goes by another clock than the system's, as in tests.
   *
   * @param executor stays the caller's to shut down, after this is closed
   * @param nanoTime tells the time as {@link System#nanoTime} does
   * @return the keepalive
   */
  public static Keepalive on(ScheduledExecutorService executor, LongSupplier nanoTime) {
    return new Keepalive(
        Objects.requireNonNull(executor, "executor"), Objects.requireNonNull(nanoTime, "nanoTime"));
  }

  /** Returns where listeners may block. */
  Executor callbacks() {
    return callbacks;
  }

  /** Returns where readiness checks may block, and hang without holding up a listener. */
  Executor checks() {
    return checks;
  }

  Lanes lanes() {
    return lanes;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /**
   * Runs a task once, after a delay.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the executor is shut down
   */
  Future<?> schedule(long delayNanos, Runnable task) {
    return timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  private static boolean hasHook(RegistrarLoop loop) {
    return loop.settings().shutdownHook();
  }

  /** A loop starts. */
  void enter(RegistrarLoop loop) {
    loops.add(loop);
    if (!own.isEmpty()) {
      watch();
    }
    if (hasHook(loop)) {
      hook.enter();
    }
  }

  /** Looks for standstills from time to time, as long as there is anybody to wake. */
  private void watch() {
    if (watching.compareAndSet(false, true)) {
      var unused = schedule(StandstillWatch.PERIOD.toNanos(), this::look);
    }
  }

  private void look() {
    if (watch.hasStoodStill()) {
      wake();
    }
    // First off, then asked: one that enters now sees that it is off, or is seen here.
    watching.set(false);
    if (!loops.isEmpty() && !timer.isShutdown()) {
      watch();
    }
  }

  /** The machine stood still: each service is to ask for its lease at once. */
  void wake() {
    loops.forEach(RegistrarLoop::wake);
  }

  /** A loop has ended, or has never started. */
  void leave(RegistrarLoop loop) {
    if (loops.remove(loop) && hasHook(loop)) {
      hook.leave();
    }
  }

  /**
   * Closes the registrars that are still open, all at once, and ends the threads that it made.
   *
   * <p>Idempotent. Blocks for as long as the slowest {@link Registrar#close()}.
   */
  @Override
  public void close() {
    close(loop -> true);
    own.forEach(ExecutorService::shutdown);
  }

  private void close(Predicate<RegistrarLoop> which) {
    closeAll(loops.stream().filter(which).toList());
  }

  /**
   * Closes loops, all at once, and waits for that through interrupts; for their timeout at most.
   */
  static void closeAll(List<RegistrarLoop> loops) {
    Duration longest =
        loops.stream()
            .map(loop -> loop.settings().timeout())
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    CompletableFuture.allOf(
            loops.stream().map(RegistrarLoop::closeSoon).toArray(CompletableFuture<?>[]::new))
        .completeOnTimeout(null, longest.toNanos(), TimeUnit.NANOSECONDS)
        .join();
    loops.forEach(RegistrarLoop::abandon);
  }
}
