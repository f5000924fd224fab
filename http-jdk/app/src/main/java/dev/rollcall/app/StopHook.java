package dev.rollcall.app;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Closes the server when the JVM ends, and sets the exit code. It is there before the server
 * starts, because a start may wait for its store for hours.
 */
final class StopHook {
  /** As the JVM's own with {@code -XX:+ExitOnOutOfMemoryError}. */
  static final int BROKE_DOWN = 3;

  /**
   * How long a start that was interrupted may take to return. An attempt to connect to a store
   * cannot be interrupted; its default limit is shorter than this.
   */
  private static final Duration START_LIMIT = Duration.ofSeconds(5);

  /** The JDK's names of the threads that handle the signals which end a JVM. */
  private static final Set<String> SIGNAL_HANDLERS =
      Set.of("SIGTERM handler", "SIGINT handler", "SIGHUP handler");

  private final Thread starter = Thread.currentThread();
  private final CompletableFuture<Optional<Main.Running>> started = new CompletableFuture<>();
  private final Thread hook = new Thread(this::stop, "rollcall-stop");

  /**
   * Starts a server on this thread, which is the one that has created this.
   *
   * @return the server; empty if it did not start because the JVM is ending
   * @throws RuntimeException what {@code start} throws, as an {@code Error}, except while the JVM
   *     is ending; the hook is then removed
   */
  Optional<Main.Running> start(Supplier<Main.Running> start) {
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      Optional<Main.Running> running = Optional.of(start.get());
      started.complete(running);
      return running;
    } catch (RuntimeException | Error e) {
      if (isRemoved()) {
        throw e;
      }
      started.complete(Optional.empty());
      return Optional.empty();
    }
  }

  private boolean isRemoved() {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return false; // It runs, or is about to.
    }
  }

  private void stop() {
    boolean isAskedTo = hasSignal();
    running().ifPresent(Main.Running::close);
    if (!isAskedTo) {
      System.err.println("rollcall-server: ends, although no signal told it to");
    }
    // Whoever stopped the server by a signal is told that it ended well, not 143. Whatever else
    // ended it, System.exit(0) included, whoever runs it is to start it again.
    Runtime.getRuntime().halt(isAskedTo ? 0 : BROKE_DOWN);
  }

  /**
   * Returns the server, or empty if it has not started. A start that is under way is interrupted:
   * when it returns, the server has started nevertheless, or has closed what it had opened.
   */
  private Optional<Main.Running> running() {
    if (!started.isDone()) {
      starter.interrupt();
    }
    try {
      return started.get(START_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      return Optional.empty(); // The JVM closes what it holds.
    }
  }

  /**
   * Returns whether a signal is ending the JVM: then the thread that the JDK handles it on waits
   * for the hooks. A hook learns of it in no other way.
   */
  private static boolean hasSignal() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .anyMatch(SIGNAL_HANDLERS::contains);
  }
}
