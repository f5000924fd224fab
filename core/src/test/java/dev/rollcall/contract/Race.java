package dev.rollcall.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs actions at once, each on a thread of its own, all released by one gate. */
public final class Race implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 30;

  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "race");
            thread.setDaemon(true);
            return thread;
          });

  /** Runs the actions and returns what each returned or threw, in their order. */
  @SafeVarargs
  public final <T> List<Outcome<T>> run(Callable<? extends T>... actions) {
    Phaser gate = new Phaser(actions.length);
    List<Future<T>> futures = new ArrayList<>();
    for (Callable<? extends T> action : actions) {
      futures.add(
          threads.submit(
              () -> {
                gate.arriveAndAwaitAdvance();
                return action.call();
              }));
    }
    List<Outcome<T>> outcomes = new ArrayList<>();
    futures.forEach(future -> outcomes.add(outcomeOf(future)));
    return outcomes;
  }

  private static <T> Outcome<T> outcomeOf(Future<T> future) {
    try {
      return new Outcome<>(future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS), null);
    } catch (ExecutionException e) {
      return new Outcome<>(null, e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("an action hangs after " + TIMEOUT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /** What an action returned, or threw. */
  public record Outcome<T>(T value, Throwable thrown) {

    /** Returns what the action returned; fails if it threw. */
    public T get() {
      if (thrown != null) {
        throw new AssertionError("unexpected: " + thrown, thrown);
      }
      return value;
    }

    /** Says whether the action threw this. */
    public boolean threw(Class<? extends Throwable> type) {
      if (thrown != null && !type.isInstance(thrown)) {
        throw new AssertionError("expected a " + type.getSimpleName() + ": " + thrown, thrown);
      }
      return thrown != null;
    }
  }
}
