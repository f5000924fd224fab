package dev.rollcall.registrar;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.AsyncRegistry;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How each registry is called: by its own means if it needs no thread to wait, else on threads that
 * wait for this registry alone, so that one that hangs holds up no other.
 */
final class AsyncAdapters {
  /**
   * So many calls of one registry that blocks are under way at once, and so many deregistrations;
   * the others wait.
   */
  static final int THREADS = 64;

  /** The host's threads, used for all calls that keep a service registered; or none. */
  private final @Nullable Executor given;

  private final ReentrantLock lock = new ReentrantLock();
  private final IdentityHashMap<ServiceRegistry, Pools> poolsByRegistry = new IdentityHashMap<>();

  /** Makes threads for each registry that blocks. */
  AsyncAdapters() {
    this.given = null;
  }

  /** Uses these threads for all. */
  AsyncAdapters(Executor given) {
    this.given = given;
  }

  /**
   * A registry's threads. Deregistrations have their own, also where all else runs on the host's:
   * they are waited for, maybe on the only thread that the host has, or when its executor has
   * ended, and are not to stand behind calls that nobody waits for any more.
   */
  private static final class Pools {
    final BoundedThreadPool calls = new BoundedThreadPool("rollcall-call", THREADS);
    final BoundedThreadPool closing = new BoundedThreadPool("rollcall-call", THREADS);
    int users;
  }

  /** Returns how to call a registry, until {@link #leave}. */
  AsyncRegistry enter(ServiceRegistry registry) {
    if (registry instanceof AsyncRegistry calls) {
      return calls;
    }
    lock.lock();
    try {
      Pools pools = poolsByRegistry.computeIfAbsent(registry, key -> new Pools());
      pools.users++;
      return new BlockingAdapter(registry, given == null ? pools.calls : given, pools.closing);
    } finally {
      lock.unlock();
    }
  }

  /** One that has entered is done; after the last one the threads end with what they do. */
  void leave(ServiceRegistry registry) {
    lock.lock();
    try {
      Pools pools = poolsByRegistry.get(registry);
      if (pools != null && --pools.users == 0) {
        poolsByRegistry.remove(registry);
        pools.calls.shutdown();
        pools.closing.shutdown();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The calls of a registry that blocks, on threads that wait for it. It bounds them by its own
   * timeout; a shorter one cannot be held against it.
   */
  static final class BlockingAdapter implements AsyncRegistry {
    private final ServiceRegistry registry;
    private final Executor threads;
    private final Executor closing;

    /** Makes the calls of a registry on threads for those that keep it, and for deregistrations. */
    BlockingAdapter(ServiceRegistry registry, Executor threads, Executor closing) {
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
}
