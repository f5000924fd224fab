package dev.rollcall.registrar;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.AsyncRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The calls of a registry that blocks, on threads that wait for it. It bounds them by its own
 * timeout; a shorter one cannot be held against it.
 */
final class BlockingRegistryAdapter implements AsyncRegistry {
  private final ServiceRegistry registry;
  private final Executor threads;
  private final Executor closing;

  /** Makes the calls of a registry on threads for those that keep it, and for deregistrations. */
  BlockingRegistryAdapter(ServiceRegistry registry, Executor threads, Executor closing) {
    this.registry = registry;
    this.threads = threads;
    this.closing = closing;
  }

  @Override
  public CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout) {
    return Call.on(threads, () -> registry.register(registration));
  }

  @Override
  public CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
    return Call.on(threads, () -> registry.ping(id, fence));
  }

  @Override
  public CompletableFuture<Optional<Service>> deregisterAsync(
      String id, Fence fence, Duration timeout) {
    return Call.on(closing, () -> registry.deregister(id, fence));
  }

  /**
   * Sees to it that a thread is left for calls that wait their turn: an error may have ended the
   * last one, and kept the pool from starting another.
   */
  void keepThread() {
    if (threads instanceof BoundedThreadPool workers) {
      workers.prestartCoreThread();
    }
  }

  /** A call that completes, whatever the registry throws and whether or not there is memory. */
  private static final class Call<T> extends CompletableFuture<T> implements Runnable {
    private final Supplier<T> call;

    private Call(Supplier<T> call) {
      this.call = call;
    }

    static <T> CompletableFuture<T> on(Executor threads, Supplier<T> supplier) {
      Call<T> call = new Call<>(supplier);
      threads.execute(call);
      return call;
    }

    @Override
    public void run() {
      try {
        complete(call.get());
      } catch (Throwable e) {
        fail(e);
      }
    }

    private void fail(Throwable e) {
      try {
        completeExceptionally(e);
      } catch (Throwable another) {
        // Thrown before it was complete for want of memory, or after, when the JDK described the
        // failure to whoever depends on it. To complete with nothing allocates nothing.
        complete(null);
      }
    }
  }
}
