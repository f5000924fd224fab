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
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets every registry be called without blocking the caller. A registry that is an {@link
 * AsyncRegistry} is called as it is, except that the pings of many registrars are {@linkplain
 * PingCollector collected}. Any other is called on threads of its own (a bulkhead), so that one
 * that hangs delays no other.
 *
 * <p>Safe for use by any number of threads.
 */
final class AsyncAdapters {
  /**
   * How many calls of one blocking registry run at once, and how many deregistrations besides;
   * further ones wait.
   */
  static final int THREADS = 64;

  private final ScheduledExecutorService timer;

  /** The host's threads for all calls except deregistrations; null if each registry has its own. */
  private final @Nullable Executor given;

  private final ReentrantLock lock = new ReentrantLock();
  private final IdentityHashMap<ServiceRegistry, Adapter> adapters = new IdentityHashMap<>();

  private AsyncAdapters(ScheduledExecutorService timer, @Nullable Executor given) {
    this.timer = timer;
    this.given = given;
  }

  /** Creates adapters that create threads for each registry that blocks. */
  static AsyncAdapters withOwnThreads(ScheduledExecutorService timer) {
    return new AsyncAdapters(timer, null);
  }

  /** Creates adapters that use the host's executor for all registries. */
  static AsyncAdapters on(ScheduledExecutorService executor) {
    return new AsyncAdapters(executor, executor);
  }

  /** How one registry is called by all registrars that share it. */
  private static final class Adapter {
    final AtomicInteger registrars = new AtomicInteger();
    final AsyncRegistry calls;

    Adapter(ServiceRegistry registry, ScheduledExecutorService timer, @Nullable Executor given) {
      this.calls =
          registry instanceof AsyncRegistry async
              ? new PingCollector(async, timer, registrars::get)
              : new BlockingAdapter(registry, given);
    }

    void close() {
      if (calls instanceof BlockingAdapter blocking) {
        blocking.shutdown();
      }
    }
  }

  /** Returns how to call a registry, until {@link #release}. */
  AsyncRegistry acquire(ServiceRegistry registry) {
    lock.lock();
    try {
      Adapter adapter =
          adapters.computeIfAbsent(registry, key -> new Adapter(registry, timer, given));
      adapter.registrars.incrementAndGet();
      return adapter.calls;
    } finally {
      lock.unlock();
    }
  }

  /** Ends one use of a registry. After the last one its threads end when their work is done. */
  void release(ServiceRegistry registry) {
    lock.lock();
    try {
      Adapter adapter = adapters.get(registry);
      if (adapter != null && adapter.registrars.decrementAndGet() == 0) {
        adapters.remove(registry);
        adapter.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * A registry that blocks, called on threads that wait for it. The registry's own timeout bounds
   * each call; a shorter one cannot be imposed on it.
   */
  static final class BlockingAdapter implements AsyncRegistry {
    private final ServiceRegistry registry;
    private final BoundedThreadPool ownThreads = newPool();
    private final Executor threads;

    /**
     * Deregistrations always have their own threads, even where all other calls run on the host's:
     * somebody waits for them, perhaps on the only thread that the host has, or after its executor
     * has ended. They must not queue behind calls that nobody waits for any more.
     */
    private final BoundedThreadPool deregistrationThreads = newPool();

    BlockingAdapter(ServiceRegistry registry, @Nullable Executor given) {
      this.registry = registry;
      this.threads = given == null ? ownThreads : given;
    }

    private static BoundedThreadPool newPool() {
      return new BoundedThreadPool("rollcall-call", THREADS);
    }

    void shutdown() {
      ownThreads.shutdown();
      deregistrationThreads.shutdown();
    }

    @Override
    public CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout) {
      return CallTask.start(threads, () -> registry.register(registration));
    }

    @Override
    public CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
      return CallTask.start(threads, () -> registry.ping(id, fence));
    }

    @Override
    public CompletableFuture<Optional<Service>> deregisterAsync(
        String id, Fence fence, Duration timeout) {
      return CallTask.start(deregistrationThreads, () -> registry.deregister(id, fence));
    }

    /**
     * Makes sure that there is a thread for calls that wait in the queue: an {@code Error} may have
     * ended the last thread and kept the pool from starting another.
     */
    void ensureThread() {
      if (threads instanceof BoundedThreadPool pool) {
        pool.prestartCoreThread();
      }
    }

    /** A call whose future completes whatever the registry throws, even without memory. */
    private static final class CallTask<T> extends CompletableFuture<T> implements Runnable {
      private final Supplier<T> call;

      private CallTask(Supplier<T> call) {
        this.call = call;
      }

      static <T> CompletableFuture<T> start(Executor threads, Supplier<T> supplier) {
        CallTask<T> task = new CallTask<>(supplier);
        threads.execute(task);
        return task;
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
          // Thrown for want of memory before this was complete, or after it, when the JDK described
          // the failure to the stages that depend on it. Completing with null allocates nothing.
          complete(null);
        }
      }
    }
  }
}
