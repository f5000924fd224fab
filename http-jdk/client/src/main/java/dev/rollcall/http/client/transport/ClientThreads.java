package dev.rollcall.http.client.transport;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of asynchronous calls: daemons that end when idle, and when this is shut down. OkHttp
 * bounds their number, since it bounds the calls that it runs at once.
 *
 * <p>Platform threads on every JVM. Virtual threads share their carriers with the host, whose code
 * may pin all of them; and where a carrier cannot be started, their scheduler may keep a call and
 * never run it, even when there are threads again (seen on Java 25). A registrar would not ping
 * again.
 *
 * <p>What a call throws reaches its caller, not the host's handler of uncaught exceptions. If a
 * thread cannot be started its call is rejected, which OkHttp passes on to that caller; any other
 * error would leave calls that are started in the same turn without an end.
 */
public final class ClientThreads extends AbstractExecutorService {
  private static final System.Logger LOGGER = System.getLogger("dev.rollcall.http.client");

  private static final long IDLE_SECONDS = 15;

  /** Enough for a call; a slow registry has many of these threads. */
  private static final long STACK_BYTES = 256 << 10;

  private final ExecutorService threads;

  public ClientThreads() {
    this(daemons());
  }

  public ClientThreads(ExecutorService threads) {
    this.threads = threads;
  }

  private static ExecutorService daemons() {
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
