package dev.rollcall.http.server.jdk;

import dev.rollcall.http.server.log.BreakdownLog;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A queue of requests in front of platform threads, which wake one another: each that starts wakes
 * the next if there is more to do, and each that is done takes the next request itself.
 *
 * <p>So a request waits for no other to end, however long that takes; and of a burst of short ones,
 * a few threads do all. To wake a thread for each costs more than the requests do.
 *
 * <p>What its threads reject, or can start no thread for, it rejects. Requests that it has taken
 * are ended by the threads that run when those are shut down.
 */
final class RequestQueue implements Executor {
  private final Executor threads;
  private final BreakdownLog breakdowns;
  private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();

  /** The start of a thread that has not looked into the queue yet, if there is one. */
  private final AtomicReference<@Nullable Start> start = new AtomicReference<>();

  /** Becomes true if the thread is started; where it is not, {@link #start} loses this. */
  private static final class Start {
    volatile boolean hasSucceeded;
  }

  /**
   * Creates a queue.
   *
   * @param threads platform threads, as many as there are tasks: they keep no queue of their own
   * @param breakdowns is told what requests throw
   */
  RequestQueue(Executor threads, BreakdownLog breakdowns) {
    this.threads = threads;
    this.breakdowns = breakdowns;
  }

  @Override
  public void execute(Runnable request) {
    requests.add(request);
    if (!wakeOne() && requests.remove(request)) { // Else a thread that runs has taken it.
      throw new RejectedExecutionException("no thread is left for a request");
    }
  }

  /**
   * Returns whether a thread is on its way. While another caller starts one, this waits to see
   * whether that succeeds: a request that relied on a start that fails would stay in the queue.
   */
  private boolean wakeOne() {
    try {
      return isStarted();
    } catch (OutOfMemoryError e) {
      return false; // as if no thread could be started
    }
  }

  private boolean isStarted() {
    Start mine = null;
    for (Start other = start.get(); ; other = start.get()) {
      if (other == null) {
        mine = mine == null ? new Start() : mine;
        if (start.compareAndSet(null, mine)) {
          return startThread(mine);
        }
      } else if (hasSucceeded(other)) {
        return true;
      }
    }
  }

  /** Waits until a start has succeeded or failed, as long as to start a thread may take. */
  @SuppressWarnings("ThreadPriorityCheck") // A hint to run the thread that starts the other.
  private boolean hasSucceeded(Start other) {
    while (!other.hasSucceeded && start.get() == other) {
      Thread.yield();
    }
    return other.hasSucceeded;
  }

  private boolean startThread(Start mine) {
    try {
      threads.execute(this::work);
      mine.hasSucceeded = true;
      return true;
    } catch (RejectedExecutionException | Error e) {
      // As of a system that starts no more threads: the next request tries again.
      return false;
    } finally {
      if (!mine.hasSucceeded) {
        start.set(null);
      }
    }
  }

  private void work() {
    start.set(null);
    Runnable request;
    while ((request = next()) != null) {
      if (!requests.isEmpty()) {
        var unused = wakeOne(); // If none can come, those who run do the rest.
      }
      breakdowns.run(request);
    }
  }

  /**
   * Returns the next request, or null if the queue stays empty after a hint to let other threads
   * run first: the dispatcher may be about to add some. This often saves the sleep of this thread.
   */
  @SuppressWarnings("ThreadPriorityCheck") // A wrong guess costs little, and harms no request.
  private @Nullable Runnable next() {
    Runnable request = requests.poll();
    if (request == null) {
      Thread.yield();
      request = requests.poll();
    }
    return request;
  }
}
