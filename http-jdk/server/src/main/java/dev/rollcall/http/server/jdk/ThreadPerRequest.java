package dev.rollcall.http.server.jdk;

import dev.rollcall.http.server.log.BreakdownLog;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs each task, such as a request, on a thread of its own. A task whose thread cannot be started
 * is rejected, and never runs.
 */
final class ThreadPerRequest implements Executor {
  private final Executor threads;
  private final BreakdownLog breakdowns;

  /**
   * Creates an executor.
   *
   * @param threads virtual threads, one for each task
   * @param breakdowns is told what tasks throw
   */
  ThreadPerRequest(Executor threads, BreakdownLog breakdowns) {
    this.threads = threads;
    this.breakdowns = breakdowns;
  }

  @Override
  public void execute(Runnable request) {
    // The scheduler may keep what it could not start: it is to hold no request with it.
    var left = new AtomicReference<@Nullable Runnable>(request);
    try {
      threads.execute(
          () -> {
            Runnable mine = left.getAndSet(null);
            if (mine != null) {
              breakdowns.run(mine);
            }
          });
    } catch (Error e) {
      // The scheduler may throw it when it has the thread already, and wants to start a carrier.
      // Then the request may run; but of a thread that blocks meanwhile, the JDK loses sight.
      if (left.getAndSet(null) != null) {
        throw new RejectedExecutionException("no thread is left for a request", e);
      }
    }
  }
}
