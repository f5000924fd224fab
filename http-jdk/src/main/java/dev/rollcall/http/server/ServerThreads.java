package dev.rollcall.http.server;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;

/** The threads that handle requests: virtual where the JVM has them (21 and later). */
final class ServerThreads {
  /** So many requests may wait for a store at once; what comes beside them waits its turn. */
  private static final int PLATFORM_THREADS = 64;

  private static final long IDLE_SECONDS = 30;

  private ServerThreads() {}

  static ExecutorService create() {
    try {
      // Compiled for 17, which lacks the method.
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException e) {
      return platformThreads();
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("unexpected", e);
    }
  }

  private static ExecutorService platformThreads() {
    // A fork-join pool wakes the thread that went idle last, whose data are still in the
    // processor's caches; a ThreadPoolExecutor wakes them in turn. Its queue holds at most one
    // request a connection.
    return new ForkJoinPool(
        PLATFORM_THREADS,
        pool -> {
          ForkJoinWorkerThread thread =
              ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
          thread.setName("rollcall-http");
          return thread;
        },
        null,
        true,
        0,
        PLATFORM_THREADS,
        1,
        null,
        IDLE_SECONDS,
        TimeUnit.SECONDS);
  }
}
