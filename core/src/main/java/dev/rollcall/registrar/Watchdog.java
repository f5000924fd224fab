package dev.rollcall.registrar;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Restarts what an {@code Error} kept from its next step. A JVM may recover from a moment without
 * memory, stack or threads; its services must be kept registered afterwards as before.
 *
 * <p>Safe for use by any number of threads.
 */
final class Watchdog {
  /** How long after an error to act: long enough that a lasting one costs little. */
  private static final long PAUSE_MILLIS = 100;

  private final Runnable recovery;
  private final ThreadFactory threads;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean needed;

  /** Creates a watchdog; the recovery restarts everything, and raises the alarm if that fails. */
  Watchdog(Runnable recovery) {
    this(recovery, task -> BoundedThreadPool.daemon(task, "rollcall-watchdog"));
  }

  Watchdog(Runnable recovery, ThreadFactory threads) {
    this.recovery = recovery;
    this.threads = threads;
  }

  /** Something does not go on. The recovery runs shortly, on another thread. Never throws. */
  void alarm() {
    needed = true;
    if (!running.compareAndSet(false, true)) {
      return;
    }
    try {
      threads.newThread(this::run).start();
    } catch (Throwable e) {
      running.set(false); // left to the next check
    }
  }

  private void run() {
    try {
      do {
        Thread.sleep(PAUSE_MILLIS);
        recover();
      } while (needed);
    } catch (Throwable e) {
      needed = true;
    } finally {
      running.set(false);
    }
    if (needed) {
      alarm(); // raised just as this ended
    }
  }

  private void recover() {
    needed = false;
    recovery.run();
  }

  /**
   * Runs the recovery now if it is due and no other thread runs it; if that fails, another thread
   * tries again shortly. Never throws.
   */
  void check() {
    if (!needed || !running.compareAndSet(false, true)) {
      return;
    }
    try {
      recover();
    } catch (Throwable e) {
      needed = true;
    } finally {
      running.set(false);
    }
    if (needed) {
      alarm(); // raised while this ran
    }
  }
}
