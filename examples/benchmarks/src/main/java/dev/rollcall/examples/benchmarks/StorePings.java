package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Services in a store, each pinged by a thread of its own as fast as it is answered. */
final class StorePings implements AutoCloseable {
  private static final Duration TTL = Duration.ofHours(1);

  private final TtlStore store;
  private final ServiceRegistry registry;
  private final List<String> leases = new ArrayList<>();
  private final ExecutorService threads;

  /** Opens the store and registers a service for each thread. */
  StorePings(String storeUri, int services) {
    store = TtlStore.open(storeUri);
    registry = ServiceRegistry.over(store);
    threads = Executors.newFixedThreadPool(services);
    for (int i = 0; i < services; i++) {
      Registration service =
          Registration.builder("http://h:8000").id("pinged-" + i).ttl(TTL).build();
      leases.add(registry.register(service).leaseId().orElseThrow());
    }
  }

  ServiceRegistry registry() {
    return registry;
  }

  /** Pings the first so many services at once, and returns how many pings a second that made. */
  double perSecond(int services, Duration time) throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    List<Future<Long>> counts = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      int service = i;
      counts.add(
          threads.submit(
              () -> {
                gate.await();
                return pingFor(service, time);
              }));
    }
    long start = System.nanoTime();
    gate.countDown();
    long pings = 0;
    for (Future<Long> count : counts) {
      pings += count.get();
    }
    return pings / ((System.nanoTime() - start) / 1e9);
  }

  private long pingFor(int service, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    long pings = 0;
    for (; System.nanoTime() - end < 0; pings++) {
      ping(service);
    }
    return pings;
  }

  /** Pings the first service alone, and returns how long each ping took. */
  Latencies alone(Duration time) {
    return Latencies.of(() -> ping(0), time);
  }

  private void ping(int service) {
    if (registry.ping("pinged-" + service, leases.get(service)).isEmpty()) {
      throw new IllegalStateException("a service that is pinged all the while is gone");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    store.close();
  }
}
