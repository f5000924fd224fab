package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The simplest asynchronous store: the calls of one that blocks, each a task of an executor. */
public class AsyncStore extends ForwardingStore implements AsyncTtlStore {
  private final Executor executor;

  /** Makes the calls of a store asynchronous. The store is closed with this. */
  public AsyncStore(TtlStore store, Executor executor) {
    super(store);
    this.executor = executor;
  }

  @Override
  public CompletableFuture<Lease> putAsync(Claim claim, Duration timeout) {
    return CompletableFuture.supplyAsync(() -> super.put(claim), executor);
  }

  @Override
  public CompletableFuture<Optional<Lease>> renewAsync(String id, Fence fence, Duration timeout) {
    return CompletableFuture.supplyAsync(() -> super.renew(id, fence), executor);
  }

  @Override
  public CompletableFuture<Optional<Service>> removeAsync(
      String id, Fence fence, Duration timeout) {
    return CompletableFuture.supplyAsync(() -> super.remove(id, fence), executor);
  }
}
