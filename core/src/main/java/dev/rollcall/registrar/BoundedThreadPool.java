package dev.rollcall.registrar;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Daemon threads for work that may block. A new one is started when all others are busy, up to a
 * bound; idle ones end, except one. Beyond the bound, and where the system refuses another thread,
 * work waits its turn.
 *
 * <p>Platform threads on every JVM: foreign code that pins its virtual thread would block a carrier
 * thread, and with it the whole JVM instead of this pool alone.
 */
final class BoundedThreadPool extends ThreadPoolExecutor {
  private static final long IDLE_SECONDS = 10;

  BoundedThreadPool(String name, int maxThreads) {
    super(
        1, // not 0: the last thread might end just as work is queued for it
        maxThreads,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new HandoverQueue(),
        task -> daemon(task, name),
        (task, pool) -> {
          if (pool.isShutdown()) {
            throw new RejectedExecutionException("the keepalive is closed");
          }
          ((HandoverQueue) pool.getQueue()).enqueue(task);
        });
  }

  /** Returns a daemon thread that is not started yet. */
  static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Runs a task on a thread that is idle or new, otherwise as soon as a thread is free.
   *
   * @throws OutOfMemoryError if not even one thread can be started; the task is not run then
   */
  @Override
  public void execute(Runnable task) {
    try {
      super.execute(task);
    } catch (OutOfMemoryError e) {
      // Thrown before the task was handed to a thread, commonly for want of a native thread.
      if (getPoolSize() == 0) {
        throw e;
      }
      ((HandoverQueue) getQueue()).enqueue(task);
    }
  }

  /** Accepts an offered task only if an idle thread takes it at once, so that the pool grows. */
  private static final class HandoverQueue extends LinkedTransferQueue<Runnable> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean offer(Runnable task) {
      return tryTransfer(task);
    }

    void enqueue(Runnable task) {
      super.offer(task);
    }
  }
}
