package dev.rollcall.http.client;

import dev.rollcall.http.wire.VirtualThreadExecutor;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of asynchronous calls: virtual ones on Java 21 and later, otherwise daemons that end
 * when idle, and when this is shut down. OkHttp bounds their number, since it bounds the calls that
 * it runs at once.
 *
 * <p>What a call throws reaches its caller, not the host's handler of uncaught exceptions. If a
 * thread cannot be started its call is rejected, which OkHttp passes on to that caller; any other
 * error would leave calls that are started in the same turn without an end.
 *
 * <p>From then on all calls run on platform threads. The JDK's scheduler of virtual threads starts
 * a carrier only for a call that finds its queue empty: after a start that failed it may take
 * further calls and run none, even when there are threads again, and those calls would never end.
 */
final class ClientThreads extends AbstractExecutorService {
  private static final System.Logger LOGGER = System.getLogger("dev.rollcall.http.client");

  private static final long IDLE_SECONDS = 15;

  /** Enough for a call; a slow registry has many of these threads. */
  private static final long STACK_BYTES = 256 << 10;

  private final ExecutorService preferred;
  private final ExecutorService substitute;
  private volatile ExecutorService current;

  /**
   * Creates an executor.
   *
   * @param preferred runs calls as long as it starts a thread for each
   * @param substitute runs them afterwards; may be the same
   */
  ClientThreads(ExecutorService preferred, ExecutorService substitute) {
    this.preferred = preferred;
    this.substitute = substitute;
    this.current = preferred;
  }

  static ClientThreads create() {
    ExecutorService platform = platformThreads();
    return new ClientThreads(VirtualThreadExecutor.create().orElse(platform), platform);
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
      current.execute(() -> run(task));
    } catch (OutOfMemoryError e) {
      current = substitute;
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
    preferred.shutdown();
    substitute.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    List<Runnable> left = new ArrayList<>(preferred.shutdownNow());
    left.addAll(substitute.shutdownNow());
    return left;
  }

  @Override
  public boolean isShutdown() {
    return substitute.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return preferred.isTerminated() && substitute.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    long end = System.nanoTime() + unit.toNanos(timeout);
    return preferred.awaitTermination(timeout, unit)
        && substitute.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
  }
}
