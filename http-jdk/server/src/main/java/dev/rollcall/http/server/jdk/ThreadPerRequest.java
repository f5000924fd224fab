package dev.rollcall.http.server.jdk;

import dev.rollcall.http.server.log.BreakdownLog;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs each request on a thread of its own. A request for which there is no memory to start one is
 * rejected, and never runs.
 */
final class ThreadPerRequest implements Executor {
  private final Executor threads;
  private final BreakdownLog breakdowns;

  /**
   * Creates an executor.
   *
   * @param threads virtual threads, one for each task
   * @param breakdowns is told what requests throw
   */
  ThreadPerRequest(Executor threads, BreakdownLog breakdowns) {
    this.threads = threads;
    this.breakdowns = breakdowns;
  }

  @Override
  public void execute(Runnable request) {
    var isTaken = new AtomicBoolean();
    try {
      threads.execute(
          () -> {
            if (!isTaken.getAndSet(true)) {
              breakdowns.run(request);
            }
          });
    } catch (OutOfMemoryError e) {
      // The scheduler may throw it when it has the thread already, and wants to start a carrier.
      if (!isTaken.getAndSet(true)) {
        throw new RejectedExecutionException("no thread is left for a request", e);
      }
    }
  }
}
