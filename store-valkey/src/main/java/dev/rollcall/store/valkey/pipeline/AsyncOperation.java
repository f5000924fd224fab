package dev.rollcall.store.valkey.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** The future of an asynchronous operation. */
public final class AsyncOperation<T> extends CompletableFuture<T> {
  private final long deadlineNanos;
  private final Function<Supplier<@Nullable Object>, T> outcome;

  /** At how many ticks it was found to be overdue. Used by the timer alone. */
  private int overdueTicks;

  /** Whether its end is on the way, and need not be tried again. */
  private volatile boolean timesOut;

  /**
   * Creates the future.
   *
   * @param deadlineNanos when it fails, if it was not completed before
   * @param outcome gets the reply from its argument, and returns or throws what it means
   */
  public AsyncOperation(long deadlineNanos, Function<Supplier<@Nullable Object>, T> outcome) {
    this.deadlineNanos = deadlineNanos;
    this.outcome = outcome;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /**
   * Completes the operation with what a reply means, if it is not complete. Runs the continuations.
   */
  public void end(Supplier<@Nullable Object> reply) {
    if (isDone()) {
      return;
    }
    T value;
    try {
      value = outcome.apply(reply);
    } catch (Throwable e) {
      completeExceptionally(e);
      return;
    }
    complete(value);
  }

  /**
   * Completes the operation with what a failure means, if it is not complete. Runs the
   * continuations.
   */
  void fail(JedisException failure) {
    end(
        () -> {
          throw failure;
        });
  }

  /**
   * Returns whether to time out now that the deadline has passed: at the second tick. After a pause
   * of the process the first one comes at once, and the reply may have arrived meanwhile. Only the
   * timer calls this.
   */
  boolean isOverdueAgain() {
    overdueTicks = Math.min(overdueTicks + 1, 2);
    return overdueTicks == 2 && !timesOut;
  }

  /**
   * Has it time out soon. If that fails, it {@linkplain #isOverdueAgain() is overdue} once more.
   */
  void timeOutOn(Executor completions) {
    timesOut = true;
    boolean isQueued = false;
    try {
      completions.execute(this::timeOut);
      isQueued = true;
    } finally {
      if (!isQueued) { // Else it may have failed by now, and be overdue again.
        timesOut = false;
      }
    }
  }

  public void timeOut() {
    boolean isOver = false;
    try {
      fail(new JedisConnectionException("no reply in time"));
      isOver = true;
    } finally {
      if (!isOver) {
        timesOut = false;
      }
    }
  }
}
