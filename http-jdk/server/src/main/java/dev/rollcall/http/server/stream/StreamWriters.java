package dev.rollcall.http.server.stream;

import dev.rollcall.http.server.log.BreakdownLog;
import dev.rollcall.http.server.memory.SlowClientMonitor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The threads that write to streams: a few, since a write that the client takes costs microseconds.
 *
 * <p>A write to a client that takes nothing holds its thread. So where all threads are held for 25
 * ms others take their place, up to a bound. Beyond it, if no write at all ends for a quarter of a
 * second, clients that have taken nothing for as long are cut off, so that they cost the others
 * nothing. As long as writes end, nobody is cut off: on a machine without enough processors threads
 * seem to be held by clients that take all they are sent.
 */
final class StreamWriters implements AutoCloseable {
  private static final int THREADS = 3;
  private static final int MAX_THREADS = 64;
  private static final long IDLE_SECONDS = 5;
  private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Counted in looks and not by the clock: a pause of the JVM is one look, however long it is. */
  private static final int PATIENCE_LOOKS = (int) (PATIENCE_NANOS / HELD_NANOS);

  private final ScheduledExecutorService timer;
  private final SlowClientMonitor slowClients;
  private final BreakdownLog breakdowns;
  private final ThreadPoolExecutor threads;

  private final LongSupplier nanoTime;

  /** Since when a subscriber has held each thread that one holds. */
  private final Map<Thread, Long> writing = new ConcurrentHashMap<>();

  /** How many had been run when the threads were last looked at, one look at a time. */
  private volatile long lastCompleted;

  /** At how many looks in a row all were held, and none had been run since the look before. */
  private volatile int stuckLooks;

  private final AtomicBoolean isWatching = new AtomicBoolean();

  /**
   * Creates writers, without a thread yet.
   *
   * @param timer sees to it that there are enough; it stays the caller's
   * @param slowClients knows what the threads are writing
   * @param breakdowns is told what subscribers throw
   */
  @SuppressWarnings("ErroneousThreadPoolConstructorChecker") // What watches it sets the core size.
  StreamWriters(
      ScheduledExecutorService timer,
      SlowClientMonitor slowClients,
      BreakdownLog breakdowns,
      LongSupplier nanoTime) {
    this.timer = timer;
    this.slowClients = slowClients;
    this.breakdowns = breakdowns;
    this.nanoTime = nanoTime;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            MAX_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(null, task, "rollcall-stream", 0, false);
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Has a subscriber run, after those that wait already.
   *
   * @throws RejectedExecutionException if this is closed
   */
  void run(Runnable subscriber) {
    threads.execute(() -> runNow(subscriber));
    if (!threads.getQueue().isEmpty() && isWatching.compareAndSet(false, true)) {
      watchLater();
    }
  }

  private void runNow(Runnable subscriber) {
    try {
      writing.put(Thread.currentThread(), nanoTime.getAsLong());
      subscriber.run();
    } catch (Throwable e) { // It would end the thread, and a process that no error may outlive.
      breakdowns.brokeDown(e);
    } finally {
      writing.remove(Thread.currentThread());
    }
  }

  private void watchLater() {
    boolean isScheduled = false;
    try {
      var unused = timer.schedule(this::watch, HELD_NANOS, TimeUnit.NANOSECONDS);
      isScheduled = true;
    } catch (RejectedExecutionException e) {
      // Closed: what waits is still done.
    } finally {
      if (!isScheduled) {
        isWatching.set(false);
      }
    }
  }

  /** Replaces the threads that are held, while there is something to do. */
  private void watch() {
    boolean isDone = true;
    try {
      int held = countHeld();
      long completed = threads.getCompletedTaskCount();
      if (held == 0 || completed == lastCompleted) {
        threads.setCorePoolSize(Math.min(MAX_THREADS, THREADS + held));
      }
      boolean isStuck = held > MAX_THREADS - THREADS && completed == lastCompleted;
      stuckLooks = isStuck ? stuckLooks + 1 : 0;
      lastCompleted = completed;
      if (stuckLooks >= PATIENCE_LOOKS) {
        cutOffAfter(PATIENCE_NANOS);
      }
      isDone = threads.getQueue().isEmpty() && held == 0;
    } finally {
      isWatching.set(false);
      if (!isDone && isWatching.compareAndSet(false, true)) {
        watchLater();
      }
    }
  }

  private int countHeld() {
    long now = nanoTime.getAsLong();
    int held = 0;
    for (long since : writing.values()) {
      if (now - since >= HELD_NANOS) {
        held++;
      }
    }
    return held;
  }

  /** Cuts off each client that has taken nothing for so long of what is being written to it. */
  void cutOffAfter(long nanos) {
    slowClients.cutOffAfter(nanos, writing::containsKey);
  }

  /** Ends the threads once they have done what waits for them. Does not wait. Idempotent. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
