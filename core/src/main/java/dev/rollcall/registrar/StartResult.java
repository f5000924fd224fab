package dev.rollcall.registrar;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What comes of a registrar's start. Not safe for use by more than one thread at a time. */
final class StartResult {
  private final CompletableFuture<Boolean> future = new CompletableFuture<>();
  private @Nullable RuntimeException failure;

  /** Returns what completes with whether the service is registered. */
  CompletableFuture<Boolean> future() {
    return future;
  }

  /** Says whether it is open still. */
  boolean isOpen() {
    return failure == null && !future.isDone();
  }

  /** It is to fail with this, once the registrar is closed. */
  void failAtTheEnd(RuntimeException e) {
    failure = e;
  }

  /** It fails with this now. */
  void fail(RuntimeException e) {
    failure = e;
    future.completeExceptionally(e);
  }

  void complete(boolean isRegistered) {
    future.complete(isRegistered);
  }

  /** The registrar is closed. */
  void end() {
    if (failure == null) {
      future.complete(false);
    } else {
      future.completeExceptionally(failure);
    }
  }
}
