package dev.rollcall.http.server;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A queue of requests in front of threads, which wake one another: each that starts wakes the next
 * if there is more to do, and each that is done takes the next request itself.
 *
 * <p>So a request waits for no other to end, however long that takes; and of a burst of short ones,
 * such as follows the answers of a batch of pings, a few threads do all. To wake one for each costs
 * more than the requests do.
 *
 * <p>What its threads reject, it rejects. Requests that it has taken are ended by the threads that
 * run when those are shut down.
 */
final class RequestQueue implements Executor {
  private final Executor threads;
  private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();

  /** Whether a thread is on its way that has not looked into the queue yet. */
  private final AtomicBoolean waking = new AtomicBoolean();

  /**
   * Makes one.
   *
   * @param threads as many as there are tasks: they keep no queue of their own
   */
  RequestQueue(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable request) {
    requests.add(request);
    if (!wakeOne() && requests.remove(request)) { // Else a thread that runs has taken it.
      throw new RejectedExecutionException("no thread is left for a request");
    }
  }

  /** Returns whether a thread is on its way. */
  private boolean wakeOne() {
    if (waking.get() || !waking.compareAndSet(false, true)) {
      return true;
    }
    try {
      threads.execute(this::work);
      return true;
    } catch (RejectedExecutionException e) {
      waking.set(false);
      return false;
    }
  }

  private void work() {
    waking.set(false);
    Runnable request;
    while ((request = requests.poll()) != null) {
      if (!requests.isEmpty()) {
        var unused = wakeOne(); // If none can come, those who run do the rest.
      }
      request.run();
    }
  }
}
