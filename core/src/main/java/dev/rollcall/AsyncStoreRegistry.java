package dev.rollcall;

import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.AsyncTtlStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The registry over a store that can be called without holding a thread: so can this. */
final class AsyncStoreRegistry extends StoreRegistry implements AsyncRegistry {
  private final AsyncTtlStore store;

  AsyncStoreRegistry(Builder builder, AsyncTtlStore store, boolean ownsStore) {
    super(builder, ownsStore);
    this.store = store;
  }

  @Override
  public CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout) {
    return inFuture(() -> store.putAsync(claimOf(registration), timeout));
  }

  @Override
  public CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
    return inFuture(
        () -> {
          checkCall(fence);
          return ServiceId.isValid(id)
              ? store.renewAsync(id, fence, timeout)
              : completedWithNothing();
        });
  }

  @Override
  public CompletableFuture<Optional<Service>> deregisterAsync(
      String id, Fence fence, Duration timeout) {
    return inFuture(
        () -> {
          checkCall(fence);
          return ServiceId.isValid(id)
              ? store.removeAsync(id, fence, timeout)
              : completedWithNothing();
        });
  }

  private static <T> CompletableFuture<Optional<T>> completedWithNothing() {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  /** Makes a call whose future fails with what is thrown before the store was asked, too. */
  private static <T> CompletableFuture<T> inFuture(Supplier<CompletableFuture<T>> call) {
    try {
      return call.get();
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
