package dev.rollcall.contract;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler whose time is turned by hand: what falls due runs on the thread that turns it, in the
 * order of time, while the clock stands at the moment that it was due.
 *
 * <p>Any thread may schedule and cancel; one at a time turns.
 */
public final class ManualExecutor extends AbstractExecutorService
    implements ScheduledExecutorService {
  private final ManualClock clock;
  private final PriorityQueue<Task<?>> tasks =
      new PriorityQueue<>(
          Comparator.<Task<?>>comparingLong(Task::remainingNanos).thenComparing(Task::number));
  private long scheduled;
  private boolean shutDown;

  /** Makes one that moves this clock. */
  public ManualExecutor(ManualClock clock) {
    this.clock = clock;
  }

  /** Lets time pass, and runs what falls due in it. */
  public void elapse(Duration time) {
    long rest = time.toNanos();
    for (Task<?> task = nextWithin(rest); task != null; task = nextWithin(rest)) {
      long wait = Math.max(0, task.remainingNanos());
      clock.advance(Duration.ofNanos(wait));
      rest -= wait;
      task.run();
    }
    clock.advance(Duration.ofNanos(rest));
  }

  private synchronized Task<?> nextWithin(long nanos) {
    Task<?> next = tasks.peek();
    return next != null && next.remainingNanos() <= nanos ? tasks.poll() : null;
  }

  /** Returns how many tasks wait for their time. */
  public synchronized int waiting() {
    return tasks.size();
  }

  private synchronized <T> ScheduledFuture<T> add(Callable<T> work, long nanos, long period) {
    if (shutDown) {
      throw new RejectedExecutionException("shut down");
    }
    Task<T> task = new Task<>(work, clock.getAsLong() + nanos, period, scheduled++);
    tasks.add(task);
    return task;
  }

  private synchronized void addAgain(Task<?> task) {
    if (!shutDown) {
      tasks.add(task);
    }
  }

  private synchronized void remove(Task<?> task) {
    tasks.remove(task);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return add(callable(command), unit.toNanos(delay), 0);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return add(callable, unit.toNanos(delay), 0);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return scheduleWithFixedDelay(command, initialDelay, period, unit);
  }

  /** A task takes no time here, so a fixed delay is a fixed rate. */
  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return add(callable(command), unit.toNanos(initialDelay), unit.toNanos(delay));
  }

  private static Callable<Void> callable(Runnable command) {
    return () -> {
      command.run();
      return null;
    };
  }

  @Override
  public void execute(Runnable command) {
    var unused = schedule(command, 0, TimeUnit.NANOSECONDS);
  }

  @Override
  public synchronized void shutdown() {
    shutDown = true;
    tasks.clear();
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    return List.of();
  }

  @Override
  public synchronized boolean isShutdown() {
    return shutDown;
  }

  @Override
  public boolean isTerminated() {
    return isShutdown();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isShutdown();
  }

  private final class Task<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
    private final long periodNanos;
    private final long number;
    private volatile long dueNanos;

    Task(Callable<V> work, long dueNanos, long periodNanos, long number) {
      super(work);
      this.dueNanos = dueNanos;
      this.periodNanos = periodNanos;
      this.number = number;
    }

    long remainingNanos() {
      return dueNanos - clock.getAsLong();
    }

    long number() {
      return number;
    }

    @Override
    public void run() {
      if (!isPeriodic()) {
        super.run();
      } else if (runAndReset()) {
        dueNanos = clock.getAsLong() + periodNanos;
        addAgain(this);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      remove(this);
      return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public boolean isPeriodic() {
      return periodNanos > 0;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(remainingNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
