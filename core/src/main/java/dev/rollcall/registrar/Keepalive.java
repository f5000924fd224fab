package dev.rollcall.registrar;

import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The timer and the threads of {@linkplain Registrar registrars}. One keepalive serves any number
 * of them; a registrar that is given none creates its own.
 *
 * <p>One timer thread starts the calls and waits for none of them. A registry that can be called
 * without a waiting thread, such as the one over HTTP, is called that way; for any other up to 64
 * threads wait, which serve this registry alone. So a registry that is slow or hangs delays the
 * pings of no other.
 *
 * <p>Where 100 registrars or more share a registry that {@linkplain
 * dev.rollcall.spi.AsyncRegistry#combinesPings() combines pings}, such as a Rollcall server over
 * HTTP, their pings are sent together: a ping waits for others for a fiftieth of its timeout, 50 ms
 * at most. The wait counts as part of the timeout. Each registrar acts on the outcome of its own
 * ping, as on that of a ping that was sent alone.
 *
 * <p>Each registrar plans its next action when the one before is done: a pause of the JVM piles
 * nothing up, and what is late is done once.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Keepalive implements AutoCloseable {
  /** How many listeners may block at once. With the timer that makes four threads. */
  private static final int CALLBACK_THREADS = 3;

  private final ScheduledExecutorService timer;
  private final Executor callbacks;
  private final Executor checks;
  private final AsyncAdapters adapters;
  private final LongSupplier nanoTime;
  private final List<ThreadPoolExecutor> own; // the timer first

  /** Whether it goes by the system's clock: no other shows a suspension. */
  private final boolean detects;

  private final SerialExecutor aside;
  private final Set<RegistrarDriver> drivers = ConcurrentHashMap.newKeySet();
  private final ReentrantLock detectionLock = new ReentrantLock();
  private @Nullable Future<?> detection; // under its lock
  private final SuspendDetector suspendDetector;
  private final Watchdog watchdog = new Watchdog(this::recover);
  private final ShutdownHook hook = new ShutdownHook(() -> close(Keepalive::hasHook));

  private Keepalive(KeepaliveTimer timer, ThreadPoolExecutor callbacks, ThreadPoolExecutor checks) {
    this.timer = timer;
    this.callbacks = callbacks;
    this.checks = checks;
    this.adapters = AsyncAdapters.withOwnThreads(timer);
    this.nanoTime = System::nanoTime;
    this.own = List.of(timer, callbacks, checks);
    this.detects = true;
    timer.whenReplaced(this::alarm);
    this.aside = new SerialExecutor(callbacks);
    this.suspendDetector = new SuspendDetector(nanoTime, InstantSource.system());
  }

  private Keepalive(
      ScheduledExecutorService executor, LongSupplier nanoTime, boolean isSystemClock) {
    this.timer = executor;
    this.callbacks = executor;
    this.checks = executor;
    this.adapters = AsyncAdapters.on(executor);
    this.nanoTime = nanoTime;
    this.own = List.of();
    this.detects = isSystemClock;
    this.aside = new SerialExecutor(executor);
    this.suspendDetector = new SuspendDetector(nanoTime, InstantSource.system());
  }

  /**
   * Creates a keepalive with threads of its own, daemons that start on demand: one {@code
   * rollcall-keepalive} for the timer, {@code rollcall-call} for registries that block, {@code
   * rollcall-callback} for listeners, {@code rollcall-check} for readiness checks.
   *
   * @return the keepalive, the caller's to close
   */
  public static Keepalive create() {
    return new Keepalive(
        new KeepaliveTimer(),
        new BoundedThreadPool("rollcall-callback", CALLBACK_THREADS),
        new BoundedThreadPool("rollcall-check", AsyncAdapters.THREADS));
  }

  /**
   * Creates a keepalive on an executor, which does everything: it is the timer, waits for
   * registries that block, and calls listeners and readiness checks. Unless it has a thread for
   * each of them, one that hangs delays the others.
   *
   * @param executor stays the caller's to shut down, after this is closed
   * @return the keepalive
   */
  public static Keepalive on(ScheduledExecutorService executor) {
    return new Keepalive(Objects.requireNonNull(executor, "executor"), System::nanoTime, true);
  }

  /**
   * Creates a keepalive on an executor that goes by another clock than the system's, as in tests.
   *
   * @param executor stays the caller's to shut down, after this is closed
   * @param nanoTime tells the time as {@link System#nanoTime} does
   * @return the keepalive
   */
  public static Keepalive on(ScheduledExecutorService executor, LongSupplier nanoTime) {
    return new Keepalive(
        Objects.requireNonNull(executor, "executor"),
        Objects.requireNonNull(nanoTime, "nanoTime"),
        false);
  }

  /** Returns the executor on which listeners may block. */
  Executor callbacks() {
    return callbacks;
  }

  /** Returns the executor on which readiness checks may hang without delaying a listener. */
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
   * @throws RejectedExecutionException if the executor refuses it; once it {@link #isEnded}, it
   *     always does
   */
  Future<?> schedule(long delayNanos, Runnable task) {
    return timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  private boolean hasOwnThreads() {
    return !own.isEmpty();
  }

  /** Returns whether the timer has ended. */
  boolean isEnded() {
    return timer.isShutdown();
  }

  /**
   * Runs foreign code that may block, such as a log. Runs it on this thread, unless this is the
   * timer's; then on another, in the order of these calls.
   */
  void runAside(Runnable task) {
    if (KeepaliveTimer.isOnItsThread() && !isEnded()) {
      execute(aside, task);
    } else {
      task.run();
    }
  }

  /** Runs a task in its turn, later if no thread can be had now. Never throws. */
  void execute(SerialExecutor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (Throwable e) {
      couldNotExecute();
    }
  }

  /** Runs the tasks that could not be run before. Never throws. */
  void resume(SerialExecutor executor) {
    try {
      executor.resume();
    } catch (Throwable e) {
      couldNotExecute();
    }
  }

  private void couldNotExecute() {
    if (isEnded()) {
      Log.log(Level.WARNING, () -> "The executor is shut down; a listener was not told");
    } else {
      alarm();
    }
  }

  /** An {@code Error} keeps a registrar from going on: all recover soon. Never throws. */
  void alarm() {
    watchdog.alarm();
  }

  /** Lets the registrars recover if an {@code Error} kept one from going on. Never throws. */
  void check() {
    watchdog.check();
  }

  private void recover() {
    drivers.forEach(RegistrarDriver::recover);
    resume(aside);
    if (detects && !isEnded()) {
      restartDetection();
    }
  }

  /** Returns how many registrars it serves. */
  int size() {
    return drivers.size();
  }

  private static boolean hasHook(RegistrarDriver driver) {
    return driver.settings().shutdownHook();
  }

  /** A driver starts. If this throws, it changes nothing. */
  void add(RegistrarDriver driver) {
    if (hasOwnThreads()) {
      own.get(0).prestartCoreThread(); // without its thread no registrar has started
    }
    boolean added = false;
    try {
      drivers.add(driver);
      if (hasHook(driver)) {
        hook.acquire();
      }
      added = true;
    } finally {
      if (!added) {
        drivers.remove(driver);
      }
    }
    if (detects) {
      startDetection();
    }
  }

  /** Detects suspensions from time to time, for as long as there are registrars. Never throws. */
  private void startDetection() {
    try {
      detectionLock.lock();
      try {
        if (detection == null) {
          scheduleDetection();
        }
      } finally {
        detectionLock.unlock();
      }
    } catch (Throwable e) {
      if (!isEnded()) {
        alarm();
      }
    }
  }

  /** Starts it anew: an error may have lost it. */
  private void restartDetection() {
    detectionLock.lock();
    try {
      if (!drivers.isEmpty()) {
        if (detection != null) {
          detection.cancel(false);
        }
        scheduleDetection();
      }
    } finally {
      detectionLock.unlock();
    }
  }

  private void scheduleDetection() {
    long period = SuspendDetector.PERIOD.toNanos();
    detection = timer.scheduleWithFixedDelay(this::detect, period, period, TimeUnit.NANOSECONDS);
  }

  /** Comes again whatever it throws: a recovery for which there was no thread waits for it. */
  private void detect() {
    try {
      if (suspendDetector.wasSuspended()) {
        resumeAfterSuspension();
      }
      check();
      stopDetectionIfIdle();
    } catch (Throwable e) {
      alarm();
    }
  }

  /** A driver that is added meanwhile is either seen here, or finds no detection. */
  private void stopDetectionIfIdle() {
    detectionLock.lock();
    try {
      if (drivers.isEmpty() && detection != null) {
        detection.cancel(false);
        detection = null;
      }
    } finally {
      detectionLock.unlock();
    }
  }

  /** The machine was suspended: each service asks for its lease at once. */
  void resumeAfterSuspension() {
    drivers.forEach(RegistrarDriver::resumeAfterSuspension);
  }

  /** A driver has ended, or has never started. */
  void remove(RegistrarDriver driver) {
    if (drivers.remove(driver) && hasHook(driver)) {
      hook.release();
    }
    stopDetectionIfIdle();
  }

  /**
   * Closes the registrars that are still open, all at once, and ends the threads that it created.
   *
   * <p>Idempotent. Blocks for the longest of their {@linkplain Registrar.Builder#timeout timeouts}
   * at most, and for their longest {@linkplain Registrar.Builder#drainDelay drain delay}, as {@link
   * Registrar#close()} does, however slow a registry is.
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
   * Closes drivers, all at once. Waits for each, through interrupts, for its timeout at most, and
   * for its drain. A JVM whose shutdown begins meanwhile waits, too, for those that have a hook.
   */
  static void closeAll(List<RegistrarDriver> drivers) {
    CountDownLatch isDone = new CountDownLatch(1);
    ShutdownHook hold = new ShutdownHook(() -> awaitThroughInterrupts(isDone));
    try {
      // Before the drivers leave their own hook.
      if (drivers.stream().anyMatch(each -> each.settings().drains() && hasHook(each))) {
        hold.acquire();
      }
    } finally {
      try {
        closeAndAwait(drivers);
      } finally {
        isDone.countDown();
        hold.release();
      }
    }
  }

  private static void awaitThroughInterrupts(CountDownLatch latch) {
    boolean isOver = false;
    while (!isOver) {
      try {
        latch.await();
        isOver = true;
      } catch (InterruptedException e) {
        // Nobody reads the flag of a hook's thread.
      }
    }
  }

  private static void closeAndAwait(List<RegistrarDriver> drivers) {
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
      for (RegistrarDriver driver : drivers) {
        interrupted |= driver.awaitDrain();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
