package dev.rollcall.store.valkey.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** The future of an operation that no thread waits for. */
public final class AsyncOperation<T> extends CompletableFuture<T> {
  private final long deadlineNanos;
  private final Function<Supplier<@Nullable Object>, T> outcome;

  /** Used by the timer alone. */
  private boolean timedOut;

  /**
   * Makes the future.
   *
   * @param deadlineNanos when it fails, if it was not completed before
   * @param outcome returns or throws what a reply means, which it is given to ask for
   */
  public AsyncOperation(long deadlineNanos, Function<Supplier<@Nullable Object>, T> outcome) {
    this.deadlineNanos = deadlineNanos;
    this.outcome = outcome;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** Completes it with what a reply means, unless it is complete. Runs the continuations. */
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

  /** Completes it with what a failure means, unless it is complete. Runs the continuations. */
  void fail(JedisException failure) {
    end(
        () -> {
          throw failure;
        });
  }

  /** Returns whether it has not been timed out before. For the timer alone. */
  boolean tryTimeOut() {
    boolean first = !timedOut;
    timedOut = true;
    return first;
  }

  public void timeOut() {
    fail(new JedisConnectionException("no reply in time"));
  }
}
