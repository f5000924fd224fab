package dev.rollcall.store.valkey.pipeline;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Fails asynchronous operations after their deadline, within some 20 milliseconds.
 *
 * <p>Its thread checks all of them at each tick, and ticks only while there are any. A timer task
 * for each would cost more than the rest of a ping.
 *
 * <p>Safe for use by any number of threads.
 */
final class Deadlines {
  private static final long TICK_MILLIS = 10;

  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.store.valkey");

  private final Completions completions;
  private final Executor ends;
  private final Queue<AsyncOperation<?>> operations = new ConcurrentLinkedQueue<>();
  private final IdlingTimer timer;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Future<?> ticks;
  private volatile boolean ticking;
  private volatile boolean closed;

  Deadlines(Completions completions) {
    this(completions, new IdlingTimer());
  }

  Deadlines(Completions completions, IdlingTimer timer) {
    this.completions = completions;
    this.ends = completions::add;
    this.timer = timer;
  }

  /**
   * Makes the operation fail at its deadline. If this throws, the operation has no deadline.
   *
   * @throws JedisConnectionException if the store is closed
   */
  void watch(AsyncOperation<?> operation) {
    operations.add(operation);
    if (closed) {
      throw new JedisConnectionException("the store is closed");
    }
    if (!ticking) {
      startTicking();
    }
  }

  private void startTicking() {
    lock.lock();
    try {
      if (!ticking) {
        // A task that repeats itself needs no memory for its next run.
        ticks =
            timer.scheduleWithFixedDelay(
                this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        ticking = true;
      }
    } finally {
      lock.unlock();
    }
  }

  private void tick() {
    try {
      long now = System.nanoTime();
      var unused = operations.removeIf(operation -> isOver(operation, now));
      // A continuation may block, or no thread could be started before.
      var ignored = completions.wake();
      if (operations.isEmpty()) {
        stopTicking();
      }
    } catch (Throwable e) {
      report(e); // If this threw, the timer would never tick again.
    }
  }

  private static void report(Throwable failure) {
    try {
      LOG.debug("A tick failed; the next one tries again", failure);
    } catch (Throwable e) {
      // The logger, or no memory for it. There is nobody else to tell.
    }
  }

  private void stopTicking() {
    lock.lock();
    try {
      ticking = false;
      if (!operations.isEmpty()) { // The thread that added it may have seen that this ticks.
        ticking = true;
      } else if (ticks != null) {
        ticks.cancel(false);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isOver(AsyncOperation<?> operation, long now) {
    if (operation.isDone()) {
      return true;
    }
    if (now - operation.deadlineNanos() >= 0 && operation.isOverdueAgain()) {
      operation.timeOutOn(ends);
    }
    return false;
  }

  /** Fails all operations. */
  void close() {
    closed = true;
    timer.shutdownNow();
    JedisConnectionException failure = new JedisConnectionException("the store was closed");
    AsyncOperation<?> operation;
    while ((operation = operations.poll()) != null) {
      AsyncOperation<?> open = operation;
      completions.add(() -> open.fail(failure));
    }
    if (!completions.wake()) {
      completions.run(); // No other thread can be started.
    }
  }
}
