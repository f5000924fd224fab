package dev.rollcall.registrar;

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

  /**
   * Asks; whoever asked before and has no answer gets none. What the check throws, the answer does.
   * Throws what the executor throws if it takes nothing on; then asking again is of use.
   */
  CompletableFuture<Boolean> ask() {
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    // First set, then looked: a check that ends now sees whom to tell, or is seen to have ended.
    answer = asked;
    if (ready) {
      asked.complete(true);
    } else if (running.compareAndSet(false, true)) {
      boolean taken = false;
      try {
        threads.execute(this::run);
        taken = true;
      } finally {
        if (!taken) {
          running.set(false);
        }
      }
    }
    return asked;
  }

  private void run() {
    try {
      ready = check.getAsBoolean();
      running.set(false);
      answer.complete(ready);
    } catch (Throwable e) {
      running.set(false);
      answer.completeExceptionally(e);
    }
  }
}
