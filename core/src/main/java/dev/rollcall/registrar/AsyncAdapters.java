package dev.rollcall.registrar;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.AsyncRegistry;
import java.util.IdentityHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
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
      return new BlockingRegistryAdapter(
          registry, given == null ? pools.calls : given, pools.closing);
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
}
