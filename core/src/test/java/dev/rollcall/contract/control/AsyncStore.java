package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The simplest asynchronous store: the calls of one that blocks, each a task of an executor. */
public class AsyncStore implements AsyncTtlStore {
  private final TtlStore store;
  private final Executor executor;

  /** Makes the calls of a store asynchronous. The store is closed with this. */
  public AsyncStore(TtlStore store, Executor executor) {
    this.store = store;
    this.executor = executor;
  }

  @Override
  public CompletableFuture<Lease> putAsync(Claim claim, Duration timeout) {
    return CompletableFuture.supplyAsync(() -> store.put(claim), executor);
  }

  @Override
  public CompletableFuture<Optional<Lease>> renewAsync(String id, Fence fence, Duration timeout) {
    return CompletableFuture.supplyAsync(() -> store.renew(id, fence), executor);
  }

  @Override
  public CompletableFuture<Optional<Service>> removeAsync(
      String id, Fence fence, Duration timeout) {
    return CompletableFuture.supplyAsync(() -> store.remove(id, fence), executor);
  }

  @Override
  public Lease put(Claim claim) {
    return store.put(claim);
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    return store.renew(id, fence);
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    return store.remove(id, fence);
  }

  @Override
  public Optional<Service> find(String id) {
    return store.find(id);
  }

  @Override
  public Collection<Service> list() {
    return store.list();
  }

  @Override
  public Collection<Service> findAll(Collection<String> ids) {
    return store.findAll(ids);
  }

  @Override
  public Instant time() {
    return store.time();
  }

  @Override
  public Optional<HintSubscription> subscribe(HintListener listener) {
    return store.subscribe(listener);
  }

  @Override
  public void close() {
    store.close();
  }
}
