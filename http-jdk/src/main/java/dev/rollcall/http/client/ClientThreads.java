package dev.rollcall.http.client;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of calls that no caller waits for: virtual where the JVM has them (21 and later),
 * else daemons that end when idle. OkHttp bounds them: it hands on so many calls at once.
 */
final class ClientThreads {
  private static final long IDLE_SECONDS = 15;

  /** Enough for a call; as many are reserved as there are slow ones under way. */
  private static final long STACK_BYTES = 256 << 10;

  private ClientThreads() {}

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
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(null, task, "rollcall-client", STACK_BYTES);
          thread.setDaemon(true);
          return thread;
        });
  }
}
