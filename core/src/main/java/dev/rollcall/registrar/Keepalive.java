package dev.rollcall.registrar;

import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
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
  /** So many listeners may block at once; with the timer, four threads. */
  private static final int CALLBACK_THREADS = 3;

  private final ScheduledExecutorService timer;
  private final Executor callbacks;
  private final Executor checks;
  private final AsyncAdapters adapters;
  private final LongSupplier nanoTime;
  private final List<ThreadPoolExecutor> own; // the timer first
  private final SerialExecutor aside;
  private final Set<RegistrarDriver> drivers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean watching = new AtomicBoolean();
  private final SuspendDetector suspendDetector;
  private final Watchdog watchdog = new Watchdog(this::recover);
  private final ShutdownHook hook = new ShutdownHook(() -> close(Keepalive::hasHook));

  private Keepalive(
      ScheduledThreadPoolExecutor timer, ThreadPoolExecutor callbacks, ThreadPoolExecutor checks) {
    this.timer = timer;
    this.callbacks = callbacks;
    this.checks = checks;
    this.adapters = new AsyncAdapters();
    this.nanoTime = System::nanoTime;
    this.own = List.of(timer, callbacks, checks);
    this.aside = new SerialExecutor(callbacks);
    this.suspendDetector = new SuspendDetector(nanoTime, InstantSource.system());
  }

  private Keepalive(ScheduledExecutorService executor, LongSupplier nanoTime) {
    this.timer = executor;
    this.callbacks = executor;
    this.checks = executor;
    this.adapters = new AsyncAdapters(executor);
    this.nanoTime = nanoTime;
    this.own = List.of();
    this.aside = new SerialExecutor(executor);
    this.suspendDetector = new SuspendDetector(nanoTime, InstantSource.system());
  }

  /**
   * Makes one with threads of its own, daemons that start on demand: one {@code rollcall-keepalive}
   * for the time, {@code rollcall-call} for registries that block, {@code rollcall-callback} for
   * listeners, {@code rollcall-check} for readiness checks.
   *
   * @return the keepalive, the caller's to close
   */
  public static Keepalive create() {
    var timer = new ScheduledThreadPoolExecutor(1, TimerThread::new);
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return new Keepalive(
        timer,
        new BoundedThreadPool("rollcall-callback", CALLBACK_THREADS),
        new BoundedThreadPool("rollcall-check", AsyncAdapters.THREADS));
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

  AsyncAdapters adapters() {
    return adapters;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /**
   * Runs a task once, after a delay.
   *
   * @throws RejectedExecutionException if the executor does not take it on; if it {@link #isEnded},
   *     it never will
   */
  Future<?> schedule(long delayNanos, Runnable task) {
    return timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  /** Returns whether the time is kept no more. */
  boolean isEnded() {
    return timer.isShutdown();
  }

  /** The thread that keeps the time, which nobody may hold up. */
  private static final class TimerThread extends Thread {
    TimerThread(Runnable timer) {
      super(timer, "rollcall-keepalive");
      setDaemon(true);
    }
  }

  /**
   * Runs the code of others, such as a log, which may block: here, unless this is the thread that
   * keeps the time; then on another, in the order of these calls.
   */
  void runAside(Runnable task) {
    if (Thread.currentThread() instanceof TimerThread && !isEnded()) {
      tell(aside, task);
    } else {
      task.run();
    }
  }

  /** Makes an announcement, later if no thread can be had now. Never throws. */
  void tell(SerialExecutor executor, Runnable announcement) {
    try {
      executor.announce(announcement);
    } catch (Throwable e) {
      couldNotTell();
    }
  }

  /** Makes what could not be announced before. Never throws. */
  void resume(SerialExecutor executor) {
    try {
      executor.resume();
    } catch (Throwable e) {
      couldNotTell();
    }
  }

  private void couldNotTell() {
    if (isEnded()) {
      Log.log(Level.WARNING, () -> "The executor is shut down; a listener was not told");
    } else {
      alarm();
    }
  }

  /** An error kept a registrar from going on: soon all are looked after. Never throws. */
  void alarm() {
    watchdog.alarm();
  }

  /** Looks after the registrars if an error kept one from going on. Never throws. */
  void check() {
    watchdog.check();
  }

  private void recover() {
    drivers.forEach(RegistrarDriver::recover);
    resume(aside);
    if (!drivers.isEmpty() && !own.isEmpty() && !isEnded()) {
      watch();
    }
  }

  /** Returns how many registrars it keeps. */
  int size() {
    return drivers.size();
  }

  private static boolean hasHook(RegistrarDriver driver) {
    return driver.settings().shutdownHook();
  }

  /** A driver starts. If that throws, it is as if it had not been called. */
  void enter(RegistrarDriver driver) {
    if (!own.isEmpty()) {
      own.get(0).prestartCoreThread(); // without its thread no registrar has started
    }
    boolean entered = false;
    try {
      drivers.add(driver);
      if (hasHook(driver)) {
        hook.enter();
      }
      entered = true;
    } finally {
      if (!entered) {
        drivers.remove(driver);
      }
    }
    if (!own.isEmpty()) {
      watch();
    }
  }

  /** Looks for standstills from time to time, as long as there is anybody to wake. Never throws. */
  private void watch() {
    if (watching.compareAndSet(false, true)) {
      try {
        var unused = schedule(SuspendDetector.PERIOD.toNanos(), this::look);
      } catch (Throwable e) {
        watching.set(false);
        if (!isEnded()) {
          alarm();
        }
      }
    }
  }

  private void look() {
    try {
      if (suspendDetector.wasSuspended()) {
        wake();
      }
      check();
    } finally {
      // First off, then asked: one that enters now sees that it is off, or is seen here.
      watching.set(false);
      if (!drivers.isEmpty() && !isEnded()) {
        watch();
      }
    }
  }

  /** The machine stood still: each service is to ask for its lease at once. */
  void wake() {
    drivers.forEach(RegistrarDriver::wake);
  }

  /** A driver has ended, or has never started. */
  void leave(RegistrarDriver driver) {
    if (drivers.remove(driver) && hasHook(driver)) {
      hook.leave();
    }
  }

  /**
   * Closes the registrars that are still open, all at once, and ends the threads that it made.
   *
   * <p>Idempotent. Blocks for the longest of their {@linkplain Registrar.Builder#timeout timeouts}
   * at most, as {@link Registrar#close()} does, however slow a registry is.
   */
  @Override
  public void close() {
    try {
      close(driver -> true);
    } finally {
      own.forEach(ExecutorService::shutdown);
    }
  }

  private void close(Predicate<RegistrarDriver> which) {
    closeAll(drivers.stream().filter(which).toList());
  }

  /**
   * Closes drivers, all at once, and waits for each through interrupts; for its timeout at most.
   */
  static void closeAll(List<RegistrarDriver> drivers) {
    // By the system's clock, whichever the host's executor goes by: this thread waits in real time.
    long begun = System.nanoTime();
    boolean interrupted = false;
    try {
      for (RegistrarDriver driver : drivers) {
        driver.beginClose();
      }
      for (RegistrarDriver driver : drivers) {
        interrupted |= driver.awaitClose(begun);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
