package dev.rollcall.http.server.jdk;

import dev.rollcall.http.server.log.BreakdownLog;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that handle requests. */
final class ServerThreads {
  /**
   * The first Java whose virtual threads leave their carrier when they block in a synchronized
   * method. The JDK's server reads in one: before, as many slow senders as there are processors
   * would stop all.
   */
  private static final int VIRTUAL_SINCE = 24;

  private static final boolean ARE_VIRTUAL = Runtime.version().feature() >= VIRTUAL_SINCE;

  /**
   * So many requests may be on their way at once, those included of which a slow client has sent a
   * part: no fewer than connections, or slow ones could take all. There are as many threads as it
   * takes, and with a few hundred clients that is few.
   */
  private static final int PLATFORM_THREADS = 10_000;

  private static final long IDLE_SECONDS = 30;

  private ServerThreads() {}

  static ExecutorService create() {
    return ARE_VIRTUAL ? virtualThreads() : platformThreads();
  }

  /**
   * Returns what runs requests on these threads. To wake a platform thread for each costs more than
   * a ping does, so a queue is in front of them. The scheduler of virtual threads has one already;
   * with a second in front of it, pings took longer.
   *
   * @param threads those of {@link #create}
   * @param breakdowns is told what requests throw
   */
  static Executor requestExecutor(ExecutorService threads, BreakdownLog breakdowns) {
    return ARE_VIRTUAL
        ? new ThreadPerRequest(threads, breakdowns)
        : new RequestQueue(threads, breakdowns);
  }

  /** Returns what is to run each second, so that these threads go on whatever happens. */
  static Runnable keeper(ExecutorService threads) {
    return ARE_VIRTUAL ? new CarrierKeeper(threads, daemons("rollcall-http-carrier")) : () -> {};
  }

  /**
   * Makes the timer of a server: one thread, on which little is done.
   *
   * <p>On Java 17 an {@code Error} can end the thread while it waits, and if there is no memory for
   * its successor, none comes. So each request sees to it that there is one, and must not pass on
   * its log context to it.
   */
  static ScheduledThreadPoolExecutor timer() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    var timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(group, task, "rollcall-http-timer", 0, false);
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return timer;
  }

  /** By reflection, since this is compiled for Java 17. */
  private static ExecutorService virtualThreads() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("unexpected", e);
    }
  }

  private static ExecutorService platformThreads() {
    // Its idle threads wait on a stack, so a request goes to the one that went idle last, whose
    // data are still in the processor's caches; if the pool had a queue, they would take turns.
    return new ThreadPoolExecutor(
        0,
        PLATFORM_THREADS,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        daemons("rollcall-http"));
  }

  /** Makes daemons of the caller's group, and not of that of the JDK's threads that need them. */
  private static ThreadFactory daemons(String name) {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    return task -> {
      Thread thread = new Thread(group, task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
