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
 * The threads of a store for asynchronous operations: those that lead if no caller does, those that
 * complete futures, and the one that fails operations at their deadline. They start with the first
 * such operation, and end when there has been none for a while.
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
              // Without the log context of whoever caused it; continuations may need the loader.
              Thread thread = new Thread(null, task, "rollcall-valkey", 0, false);
              thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
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

  /** Starts a task. Throws if no thread can be started. */
  void start(Runnable task) {
    threads.execute(task);
  }

  /** Gives an operation its deadline, then sends its first command. Throws nothing. */
  public void begin(AsyncOperation<?> operation, Runnable firstCommand) {
    proceed(
        operation,
        () -> {
          deadlines.watch(operation);
          firstCommand.run();
        });
  }

  /** Runs a step of an operation; fails the operation if the step throws. Throws nothing. */
  public void proceed(AsyncOperation<?> operation, Runnable step) {
    try {
      step.run();
    } catch (JedisException e) {
      operation.fail(e);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      operation.fail(
          new JedisConnectionException("no thread could be started to send the command", e));
    }
  }

  /** Queues a command of an operation. */
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
