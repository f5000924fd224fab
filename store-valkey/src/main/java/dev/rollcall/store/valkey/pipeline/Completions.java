package dev.rollcall.store.valkey.pipeline;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes futures on threads that do nothing else at that time, since continuations are
 * application code. The thread that read the replies of a pipeline does this, unless it leads the
 * next pipeline; then another thread is started.
 *
 * <p>{@link Deadlines} starts another thread at each tick if something is left to do. So a
 * continuation that blocks delays others by some milliseconds only.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Completions {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private final Executor threads;
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();

  /** Whether a thread has been started that has not read the queue yet. */
  private final AtomicBoolean starting = new AtomicBoolean();

  /**
   * Creates the queue.
   *
   * @param threads as many as there are tasks: they keep no queue of their own
   */
  Completions(Executor threads) {
    this.threads = threads;
  }

  /** Runs a completion on another thread. */
  public void add(Runnable completion) {
    enqueue(completion);
    var unused = wake();
  }

  /** Queues a completion for the next thread that calls {@link #wake} or {@link #run}. */
  void enqueue(Runnable completion) {
    queue.add(completion);
  }

  /** Starts a thread if something is queued. Returns false if that fails. */
  boolean wake() {
    if (queue.isEmpty() || starting.get() || !starting.compareAndSet(false, true)) {
      return true;
    }
    boolean started = false;
    try {
      threads.execute(this::run);
      started = true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      LOG.debug("No thread could be started to complete futures; the next tick tries again", e);
    } finally {
      if (!started) {
        starting.set(false);
      }
    }
    return started;
  }

  /** Runs the queued completions. */
  void run() {
    starting.set(false);
    Runnable completion;
    while ((completion = queue.poll()) != null) {
      try {
        completion.run();
      } catch (Throwable e) { // It must not cost the others theirs.
        LOG.warn("A future was not completed; it fails at its deadline", e);
      } finally {
        var ignored = Thread.interrupted(); // A continuation may have set it.
      }
    }
  }
}
