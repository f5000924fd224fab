package dev.rollcall.store.valkey.pipeline;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Closes a connection whose write takes too long, since a socket's write has no timeout.
 *
 * <p>Its thread starts with the first long write and ends when none has come for a while. The JDK's
 * own timer, behind {@link java.util.concurrent.CompletableFuture#orTimeout}, would do, but its
 * thread never ends, and keeps the class loader of the application that first used it.
 *
 * <p>Safe for use by any number of threads.
 */
final class WriteTimer implements AutoCloseable {
  private final IdlingTimer timer = new IdlingTimer();

  /**
   * Runs a write, and closes the connection if it takes longer.
   *
   * @throws JedisConnectionException if the connection was closed, or the timer is
   */
  void run(BorrowedConnection connection, int timeoutMillis, Runnable write) {
    AtomicBoolean over = new AtomicBoolean();
    Future<?> timeout = schedule(connection, timeoutMillis, over);
    try {
      write.run();
    } finally {
      timeout.cancel(false);
      if (!over.compareAndSet(false, true)) {
        // The timeout came first, and will close the connection, whoever may have it by then.
        connection.cut();
      }
    }
  }

  /**
   * Runs a task again and again, until it is cancelled or the timer is closed.
   *
   * @throws JedisConnectionException if the timer is closed
   */
  Future<?> every(int millis, Runnable task) {
    try {
      return timer.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw new JedisConnectionException("the store is closed", e);
    }
  }

  private Future<?> schedule(BorrowedConnection connection, int timeoutMillis, AtomicBoolean over) {
    try {
      return timer.schedule(
          () -> {
            if (over.compareAndSet(false, true)) {
              connection.cut();
            }
          },
          timeoutMillis,
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw new JedisConnectionException("the store is closed", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
