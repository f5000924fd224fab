package dev.rollcall.http.client;

import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of calls that no caller waits for: virtual where the JVM has them (21 and later),
 * else daemons that end when idle, and with this. OkHttp bounds them: it hands on so many calls at
 * once.
 *
 * <p>What a call throws is told to its caller and not to the handler of the host's uncaught
 * exceptions. A thread that cannot be started rejects its call, which OkHttp tells that caller;
 * another error would leave calls of the same turn without an end.
 */
final class ClientThreads extends AbstractExecutorService {
  private static final System.Logger LOGGER = System.getLogger("dev.rollcall.http.client");

  private static final long IDLE_SECONDS = 15;

  /** Enough for a call; as many are reserved as there are slow ones under way. */
  private static final long STACK_BYTES = 256 << 10;

  private final ExecutorService threads;

  ClientThreads() {
    this(create());
  }

  ClientThreads(ExecutorService threads) {
    this.threads = threads;
  }

  private static ExecutorService create() {
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

  @Override
  public void execute(Runnable task) {
    try {
      threads.execute(() -> run(task));
    } catch (OutOfMemoryError e) {
      throw new RejectedExecutionException("no thread could be started", e);
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOGGER.log(Level.DEBUG, "A call failed, as its caller has been told", e);
    }
  }

  @Override
  public void shutdown() {
    threads.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    return threads.shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return threads.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return threads.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }
}
