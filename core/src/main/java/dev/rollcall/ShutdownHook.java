package dev.rollcall;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One hook of the JVM's shutdown, which stands for as long as anybody needs it. */
final class ShutdownHook {
  private final Runnable task;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Thread thread;
  private int users;

  ShutdownHook(Runnable task) {
    this.task = task;
  }

  void enter() {
    lock.lock();
    try {
      if (++users == 1) {
        thread = new Thread(task, "rollcall-shutdown");
        Runtime.getRuntime().addShutdownHook(thread);
      }
    } catch (IllegalStateException e) {
      // the JVM is shutting down, and takes no more hooks
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      if (--users == 0) {
        Runtime.getRuntime().removeShutdownHook(thread);
      }
    } catch (IllegalStateException e) {
      // the JVM is shutting down: the hook may be who calls this
    } finally {
      lock.unlock();
    }
  }
}
