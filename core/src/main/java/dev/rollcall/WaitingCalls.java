package dev.rollcall;

import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.Fence;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The calls of a registry that blocks, on threads that wait for it. It bounds them by its own
 * timeout; a shorter one cannot be held against it.
 */
final class WaitingCalls implements AsyncRegistry {
  private final ServiceRegistry registry;
  private final Executor threads;
  private final Executor closing;

  /** Makes the calls of a registry on threads for those that keep it, and for deregistrations. */
  WaitingCalls(ServiceRegistry registry, Executor threads, Executor closing) {
    this.registry = registry;
    this.threads = threads;
    this.closing = closing;
  }

  @Override
  public CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout) {
    return CompletableFuture.supplyAsync(() -> registry.register(registration), threads);
  }

  @Override
  public CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
    return CompletableFuture.supplyAsync(
        () ->
            fence.leaseId().isPresent()
                ? registry.ping(id, fence.leaseId().get())
                : registry.ping(id),
        threads);
  }

  @Override
  public CompletableFuture<Optional<Service>> deregisterAsync(
      String id, Fence fence, Duration timeout) {
    return CompletableFuture.supplyAsync(
        () ->
            fence.leaseId().isPresent()
                ? registry.deregister(id, fence.leaseId().get())
                : registry.deregister(id),
        closing);
  }
}
