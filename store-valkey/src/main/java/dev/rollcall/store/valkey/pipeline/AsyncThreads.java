package dev.rollcall.store.valkey.pipeline;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The threads of a store for the operations that no thread waits for: those that lead where no
 * caller does, those that complete futures, and the one that ends what takes too long. They come
 * with the first such operation, and go when none has come for a while.
 *
 * <p>Safe for use by any number of threads.
 */
public final class AsyncThreads implements AutoCloseable {
  private static final long IDLE_SECONDS = 10;

  private final ExecutorService threads;
  private final Completions completions;
  private final Deadlines deadlines;

  public AsyncThreads() {
    this(
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "rollcall-valkey");
              thread.setDaemon(true);
              return thread;
            }));
  }

  /**
   * Creates the threads of a store.
   *
   * @param threads as many as there are tasks: they keep no queue of their own
   */
  AsyncThreads(ExecutorService threads) {
    this.threads = threads;
    this.completions = new Completions(threads);
    this.deadlines = new Deadlines(completions);
  }

  public Completions completions() {
    return completions;
  }

  /** Starts a task. Throws if no thread can be had. */
  void start(Runnable task) {
    threads.execute(task);
  }

  /** Sees to it that an operation ends, and then makes its first call. Throws nothing. */
  public void begin(AsyncOperation<?> operation, Runnable firstCommand) {
    proceed(
        operation,
        () -> {
          deadlines.watch(operation);
          firstCommand.run();
        });
  }

  /** Takes a step of an operation, or fails it. Throws nothing. */
  public void proceed(AsyncOperation<?> operation, Runnable step) {
    try {
      step.run();
    } catch (JedisException e) {
      operation.fail(e);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      operation.fail(new JedisConnectionException("no thread is left to ask", e));
    }
  }

  /** Queues a call for an operation. */
  public void submit(
      CombiningPipeline server,
      PendingCommand command,
      AsyncOperation<?> operation,
      Consumer<PendingCommand> next) {
    command.setWaiter(new AsyncWaiter(command, operation, completions, next));
    server.submit(command);
  }

  @Override
  public void close() {
    deadlines.close();
    threads.shutdown();
  }
}
