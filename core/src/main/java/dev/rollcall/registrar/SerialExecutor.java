package dev.rollcall.registrar;

import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs tasks on another executor one at a time, in the order in which they were given. They may
 * block. A task that throws does not keep the next one from running.
 *
 * <p>Safe for use by any number of threads.
 */
final class SerialExecutor implements Executor {
  private final Executor threads;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();

  SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  /**
   * Runs a task after those before it.
   *
   * <p>If no thread can be had, throws what the other executor throws. The task is not lost: it
   * runs before the next one, or after a call of {@link #resume}.
   */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    resume();
  }

  /** Runs the tasks that wait, unless a thread is doing so already. */
  void resume() {
    // The runner clears the flag before it looks at the queue: a task that is added now either
    // finds the flag cleared, or is found by the runner.
    if (tasks.isEmpty() || !running.compareAndSet(false, true)) {
      return;
    }
    boolean accepted = false;
    try {
      threads.execute(this::runAll);
      accepted = true;
    } finally {
      if (!accepted) {
        running.set(false);
      }
    }
  }

  private void runAll() {
    try {
      for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
        run(next);
      }
    } finally {
      running.set(false);
    }
    resume();
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      Log.log(Level.ERROR, () -> "A listener of a registrar failed", e);
    }
  }
}
