package dev.rollcall.registrar;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One hook of the JVM's shutdown, which stands for as long as anybody needs it. */
final class ShutdownHook {
  private final Runnable task;
  private final ReentrantLock lock = new ReentrantLock();

  /** The hook that stands, if one does. */
  private @Nullable Thread thread;

  private int users;

  ShutdownHook(Runnable task) {
    this.task = task;
  }

  /** One more needs it. If that throws, it is as if it had not been called. */
  void enter() {
    lock.lock();
    try {
      if (thread == null) {
        Thread hook = new Thread(task, "rollcall-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        thread = hook;
      }
      users++;
    } catch (IllegalStateException e) {
      users++; // the JVM is shutting down, and takes no more hooks
    } finally {
      lock.unlock();
    }
  }

  /** One who has entered needs it no more. */
  void leave() {
    lock.lock();
    try {
      users--;
      if (users == 0 && thread != null) {
        Runtime.getRuntime().removeShutdownHook(thread);
        thread = null;
      }
    } catch (IllegalStateException e) {
      // the JVM is shutting down: the hook may be who calls this
    } finally {
      lock.unlock();
    }
  }
}
