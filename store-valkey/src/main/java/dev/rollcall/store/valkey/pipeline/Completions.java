package dev.rollcall.store.valkey.pipeline;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes futures on threads that do nothing else meanwhile, since continuations are a stranger's
 * code. The thread that brought the replies of a pipeline back does it, if it need not go on to the
 * next pipeline; else another is woken.
 *
 * <p>{@link Deadlines} wakes another at each tick if there is something left to do. So a
 * continuation that blocks holds up others for some milliseconds, and no longer.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Completions {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private final Executor threads;
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();

  /** Whether a thread is on its way that has not looked into the queue yet. */
  private final AtomicBoolean starting = new AtomicBoolean();

  /**
   * Makes one.
   *
   * @param threads as many as there are tasks: they keep no queue of their own
   */
  Completions(Executor threads) {
    this.threads = threads;
  }

  /** Has a completion run, by another thread. */
  public void add(Runnable completion) {
    enqueue(completion);
    var unused = wake();
  }

  /** Has a completion run, by whichever thread is next to {@link #wake} or {@link #run}. */
  void enqueue(Runnable completion) {
    queue.add(completion);
  }

  /** Returns whether a thread is on its way, or there is nothing to do for one. */
  boolean wake() {
    if (queue.isEmpty() || starting.get() || !starting.compareAndSet(false, true)) {
      return true;
    }
    boolean started = false;
    try {
      threads.execute(this::run);
      started = true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      LOG.debug("No thread could be had to complete futures; it is tried again", e);
    } finally {
      if (!started) {
        starting.set(false);
      }
    }
    return started;
  }

  /** Runs what is queued. */
  void run() {
    starting.set(false);
    Runnable completion;
    while ((completion = queue.poll()) != null) {
      try {
        completion.run();
      } catch (Throwable e) { // It must not cost the others theirs.
        LOG.warn("A future was not completed; it fails when its time is up", e);
      } finally {
        var ignored = Thread.interrupted(); // A continuation may have set it.
      }
    }
  }
}
