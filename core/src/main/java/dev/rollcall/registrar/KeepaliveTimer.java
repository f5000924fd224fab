package dev.rollcall.registrar;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A timer with one thread, a daemon that starts on demand. Whatever ends the thread, another takes
 * its place.
 *
 * <p>The JDK's timer alone may stay without one: on Java 17 its thread allocates while it waits,
 * and an {@code OutOfMemoryError} there ends it. If there is no memory for its successor either,
 * nothing that is due runs until somebody schedules something. So a thread that dies stays until it
 * has a successor; only then is its error passed on to the handler of uncaught exceptions.
 */
class KeepaliveTimer extends ScheduledThreadPoolExecutor {
  private static final long PAUSE_MILLIS = 100;

  private volatile Runnable whenReplaced = () -> {};
  private volatile @Nullable Thread current;

  KeepaliveTimer() {
    super(1);
    setThreadFactory(this::newThread);
    setRemoveOnCancelPolicy(true);
    setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Has an action run when its thread has died and another has taken its place: a task that comes
   * again and again may be lost with the thread. The action does not throw.
   */
  void whenReplaced(Runnable action) {
    whenReplaced = action;
  }

  /** Returns whether this is the thread of such a timer, which must never wait. */
  static boolean isOnItsThread() {
    return Thread.currentThread() instanceof TimerThread;
  }

  Thread newThread(Runnable worker) {
    return new TimerThread(worker);
  }

  private final class TimerThread extends Thread {
    TimerThread(Runnable worker) {
      super(worker, "rollcall-keepalive");
      setDaemon(true);
    }

    @Override
    public void run() {
      current = this;
      try {
        super.run();
      } finally {
        awaitSuccessor();
      }
    }

    private void awaitSuccessor() {
      if (isShutdown()) {
        return;
      }
      while (current == this && !isShutdown()) {
        try {
          var unused = prestartCoreThread();
        } catch (Throwable e) {
          // There is no memory or no thread for it yet.
        }
        pause();
      }
      whenReplaced.run();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      // The loop looks at what has changed.
    }
  }
}
