package dev.rollcall.store.valkey.pipeline;

import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * A timer with one thread, which ends when nothing has been due for a while.
 *
 * <p>Holds no task whose caller got an {@code Error} because the thread could not be started: the
 * JDK's timer queues a task first, so nobody could cancel that one, and it would run once there is
 * a thread again.
 */
final class IdlingTimer extends ScheduledThreadPoolExecutor {
  private static final long IDLE_SECONDS = 10;

  IdlingTimer() {
    this(
        task -> {
          Thread thread = new Thread(null, task, "rollcall-valkey-timer", 0, false);
          thread.setDaemon(true);
          return thread;
        });
  }

  IdlingTimer(ThreadFactory threads) {
    super(1, threads);
    setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    allowCoreThreadTimeOut(true);
    setRemoveOnCancelPolicy(true);
    setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    var unused = prestartCoreThread();
    return super.schedule(task, delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    var unused = prestartCoreThread();
    return super.schedule(task, delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    var unused = prestartCoreThread();
    return super.scheduleAtFixedRate(task, initialDelay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    var unused = prestartCoreThread();
    return super.scheduleWithFixedDelay(task, initialDelay, delay, unit);
  }
}
