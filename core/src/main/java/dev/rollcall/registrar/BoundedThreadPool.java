package dev.rollcall.registrar;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Daemon threads for what may block: started when all others are busy, up to a bound, and ended
 * when idle, but for one. Beyond the bound work waits its turn, as it does where the system gives
 * no more threads.
 *
 * <p>Platform threads on every JVM: where the code of others blocks in a way that holds a virtual
 * thread's carrier, it would hold up the whole JVM and not its own pool alone.
 */
final class BoundedThreadPool extends ThreadPoolExecutor {
  private static final long IDLE_SECONDS = 10;

  BoundedThreadPool(String name, int most) {
    super(
        1, // and not none: the last thread might end just as work is queued for it
        most,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new Handover(),
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        },
        (task, pool) -> {
          if (pool.isShutdown()) {
            throw new RejectedExecutionException("the keepalive is closed");
          }
          ((Handover) pool.getQueue()).enqueue(task);
        });
  }

  /**
   * Runs a task on a thread that is idle or new, else when one is free.
   *
   * @throws OutOfMemoryError if the first thread cannot be started; the task is not run then
   */
  @Override
  public void execute(Runnable task) {
    try {
      super.execute(task);
    } catch (OutOfMemoryError e) {
      // Thrown before the task was handed to anybody, commonly for want of a native thread.
      if (getPoolSize() == 0) {
        throw e;
      }
      ((Handover) getQueue()).enqueue(task);
    }
  }

  /** Takes a task that is offered only if an idle thread has it at once, so that the pool grows. */
  private static final class Handover extends LinkedTransferQueue<Runnable> {
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
