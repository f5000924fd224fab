package dev.rollcall.store.valkey.harness;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.spi.AsyncTtlStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A renewal that no thread waits for. */
public final class Renewal {
  private final String id;
  private final Fence fence;
  private final Duration timeout;
  private CompletableFuture<Optional<Lease>> answer = new CompletableFuture<>();

  Renewal(String id, Fence fence, Duration timeout) {
    this.id = id;
    this.fence = fence;
    this.timeout = timeout;
  }

  public String id() {
    return id;
  }

  public Fence fence() {
    return fence;
  }

  /** Asks the store. */
  void start(AsyncTtlStore store) {
    answer = store.renewAsync(id, fence, timeout);
  }

  /** Returns the future that the store returned. */
  public CompletableFuture<Optional<Lease>> answer() {
    return answer;
  }

  /** Waits for the answer, and returns or throws it as the blocking call would. */
  public Optional<Lease> lease() {
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }
}
