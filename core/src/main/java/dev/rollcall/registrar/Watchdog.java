package dev.rollcall.registrar;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sets going again what an error kept from its next step. A JVM may recover from a moment without
 * memory, stack or threads; then its services are to be kept registered as before.
 */
final class Watchdog {
  /** How long after an error to look: long enough that a lasting one costs nothing. */
  private static final long PAUSE_MILLIS = 100;

  private final Runnable recovery;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean needed;

  /** Makes one with what looks after everything, and raises the alarm if that fails. */
  Watchdog(Runnable recovery) {
    this.recovery = recovery;
  }

  /** Something does not go on. It is looked after shortly, on another thread. Never throws. */
  void alarm() {
    needed = true;
    if (!running.compareAndSet(false, true)) {
      return;
    }
    try {
      Thread thread = new Thread(this::run, "rollcall-watchdog");
      thread.setDaemon(true);
      thread.start();
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

  /** Looks after everything now if that is due and nobody is about it. Never throws. */
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
  }
}
