package dev.rollcall.http.server;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
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
    // The queue holds at most one request a connection.
    var threads =
        new ThreadPoolExecutor(
            PLATFORM_THREADS,
            PLATFORM_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "rollcall-http");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }
}
