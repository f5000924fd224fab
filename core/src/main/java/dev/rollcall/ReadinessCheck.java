package dev.rollcall;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Asks a service whether it is ready, until it says yes once. A check that hangs is not called
 * again before it has answered; whoever asks meanwhile waits for that answer.
 */
final class ReadinessCheck {
  private final BooleanSupplier check;
  private final Executor threads;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean ready;
  private volatile CompletableFuture<Boolean> answer = new CompletableFuture<>();

  ReadinessCheck(BooleanSupplier check, Executor threads) {
    this.check = check;
    this.threads = threads;
  }

  /** Asks; whoever asked before and has no answer gets none. What the check throws, this does. */
  CompletableFuture<Boolean> ask() {
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    // First set, then looked: a check that ends now sees whom to tell, or is seen to have ended.
    answer = asked;
    if (ready) {
      asked.complete(true);
    } else if (running.compareAndSet(false, true)) {
      threads.execute(this::run);
    }
    return asked;
  }

  private void run() {
    try {
      boolean isReady = check.getAsBoolean();
      ready = isReady;
      running.set(false);
      answer.complete(isReady);
    } catch (RuntimeException | Error e) {
      running.set(false);
      answer.completeExceptionally(e);
    }
  }
}
