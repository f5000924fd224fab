package dev.rollcall.registrar;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One hook of the JVM's shutdown, registered for as long as it has a user.
 *
 * <p>Safe for use by any number of threads.
 */
final class ShutdownHook {
  private final Runnable task;
  private final ReentrantLock lock = new ReentrantLock();

  /** The registered hook, or null. */
  private @Nullable Thread thread;

  private int users;

  ShutdownHook(Runnable task) {
    this.task = task;
  }

  /** Adds a user. If this throws, it changes nothing. */
  void acquire() {
    lock.lock();
    try {
      if (thread == null) {
        Thread hook = new Thread(task, "rollcall-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        thread = hook;
      }
      users++;
    } catch (IllegalStateException e) {
      users++; // the JVM is shutting down, and accepts no more hooks
    } finally {
      lock.unlock();
    }
  }

  /** Removes a user. */
  void release() {
    lock.lock();
    try {
      users--;
      if (users == 0 && thread != null) {
        Runtime.getRuntime().removeShutdownHook(thread);
        thread = null;
      }
    } catch (IllegalStateException e) {
      // The JVM is shutting down; the hook itself may be the caller.
    } finally {
      lock.unlock();
    }
  }
}
