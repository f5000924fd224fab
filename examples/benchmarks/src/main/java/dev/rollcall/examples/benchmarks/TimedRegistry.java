package dev.rollcall.examples.benchmarks;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.LeasePing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Notes how late each ping is answered, counted from an interval after the one before was sent. */
final class TimedRegistry implements ServiceRegistry, AsyncRegistry {
  private final HttpServiceRegistry registry;
  private final boolean combinesPings;
  private final long intervalNanos;
  private final Map<String, Long> sent = new ConcurrentHashMap<>();
  private final Latencies lateness = new Latencies();

  TimedRegistry(
      HttpServiceRegistry registry, boolean combinesPings, Duration interval, List<String> ids) {
    this.registry = registry;
    this.combinesPings = combinesPings;
    this.intervalNanos = interval.toNanos();
    ids.forEach(id -> sent.put(id, 0L)); // so that its entries are no registration's cost
  }

  /** Returns what was noted so far. */
  Latencies lateness() {
    return lateness;
  }

  @Override
  public CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout) {
    return registry.registerAsync(registration, timeout);
  }

  @Override
  public CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
    return noted(id, registry.pingAsync(id, fence, timeout));
  }

  @Override
  public List<CompletableFuture<Optional<Lease>>> pingAllAsync(
      List<LeasePing> pings, Duration timeout) {
    List<CompletableFuture<Optional<Lease>>> answers = registry.pingAllAsync(pings, timeout);
    return IntStream.range(0, pings.size())
        .mapToObj(i -> noted(pings.get(i).id(), answers.get(i)))
        .toList();
  }

  @Override
  public boolean combinesPings() {
    return combinesPings && registry.combinesPings();
  }

  private CompletableFuture<Optional<Lease>> noted(
      String id, CompletableFuture<Optional<Lease>> answer) {
    long before = sent.put(id, System.nanoTime());
    return answer.whenComplete(
        (lease, e) -> {
          if (before != 0) {
            note(System.nanoTime() - before - intervalNanos);
          }
        });
  }

  private void note(long nanos) {
    synchronized (lateness) {
      lateness.add(Math.max(0, nanos));
    }
  }

  @Override
  public CompletableFuture<Optional<Service>> deregisterAsync(
      String id, Fence fence, Duration timeout) {
    return registry.deregisterAsync(id, fence, timeout);
  }

  @Override
  public Lease register(Registration registration) {
    return registry.register(registration);
  }

  @Override
  public Optional<Lease> ping(String id, Fence fence) {
    return registry.ping(id, fence);
  }

  @Override
  public Optional<Service> deregister(String id, Fence fence) {
    return registry.deregister(id, fence);
  }

  @Override
  public Optional<Service> find(String id) {
    return registry.find(id);
  }

  @Override
  public List<Service> list() {
    return registry.list();
  }

  @Override
  public void close() {
    registry.close();
  }
}
