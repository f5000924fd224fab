package dev.rollcall.registrar;

import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs what concerns one listener in its order, one at a time, on threads that may block. Whatever
 * one announcement throws, the next one is made.
 */
final class SerialExecutor {
  private final Executor threads;
  private final Queue<Runnable> notifier = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();

  SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  /**
   * Makes an announcement after those before it.
   *
   * <p>If no thread can be had, throws what the executor throws, and makes it with the next one, or
   * when told to {@link #resume}.
   */
  void announce(Runnable announcement) {
    notifier.add(announcement);
    resume();
  }

  /** Makes what announcements there are, unless that is being done. */
  void resume() {
    // First off, then looked: one that is added now sees that nobody runs, or is seen here.
    if (notifier.isEmpty() || !running.compareAndSet(false, true)) {
      return;
    }
    boolean taken = false;
    try {
      threads.execute(this::run);
      taken = true;
    } finally {
      if (!taken) {
        running.set(false);
      }
    }
  }

  private void run() {
    try {
      for (Runnable next = notifier.poll(); next != null; next = notifier.poll()) {
        make(next);
      }
    } finally {
      running.set(false);
    }
    resume();
  }

  private static void make(Runnable announcement) {
    try {
      announcement.run();
    } catch (Throwable e) {
      Log.log(Level.ERROR, () -> "A listener of a registrar failed", e);
    }
  }
}
