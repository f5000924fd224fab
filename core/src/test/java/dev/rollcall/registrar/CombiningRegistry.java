package dev.rollcall.registrar;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.control.AtomicStore;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.LeasePing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** A real registry that takes several pings as one call, and notes what it is called for. */
final class CombiningRegistry extends StubRegistry implements AsyncRegistry {
  private final ManualClock clock;
  private final ServiceRegistry real;

  /** When each service was pinged, in nanoseconds. */
  final Map<String, List<Long>> pingedAt = new HashMap<>();

  final List<Integer> batches = new ArrayList<>();
  final List<Duration> timeouts = new ArrayList<>();
  int singlePings;
  int registrations;
  boolean combinesPings = true;

  /** Answers pings, one or several. */
  Function<List<LeasePing>, List<CompletableFuture<Optional<Lease>>>> onPings = this::pingEach;

  CombiningRegistry(ManualClock clock) {
    this.clock = clock;
    this.real = ServiceRegistry.over(new AtomicStore(clock, clock));
  }

  ServiceRegistry real() {
    return real;
  }

  void forget() {
    pingedAt.clear();
    batches.clear();
    timeouts.clear();
    singlePings = 0;
    registrations = 0;
  }

  int requests() {
    return batches.size() + singlePings;
  }

  int pings() {
    return batches.stream().mapToInt(Integer::intValue).sum() + singlePings;
  }

  List<CompletableFuture<Optional<Lease>>> pingEach(List<LeasePing> pings) {
    return pings.stream().map(this::ping).toList();
  }

  CompletableFuture<Optional<Lease>> ping(LeasePing ping) {
    return call(() -> real.ping(ping.id(), ping.fence()));
  }

  private static <T> CompletableFuture<T> call(Supplier<T> call) {
    try {
      return CompletableFuture.completedFuture(call.get());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void note(String id) {
    pingedAt.computeIfAbsent(id, key -> new ArrayList<>()).add(clock.getAsLong());
  }

  @Override
  public CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout) {
    registrations++;
    return call(() -> real.register(registration));
  }

  @Override
  public CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
    singlePings++;
    timeouts.add(timeout);
    note(id);
    return onPings.apply(List.of(new LeasePing(id, fence))).get(0);
  }

  @Override
  public List<CompletableFuture<Optional<Lease>>> pingAllAsync(
      List<LeasePing> pings, Duration timeout) {
    batches.add(pings.size());
    timeouts.add(timeout);
    pings.forEach(ping -> note(ping.id()));
    return onPings.apply(pings);
  }

  @Override
  public boolean combinesPings() {
    return combinesPings;
  }

  @Override
  public CompletableFuture<Optional<Service>> deregisterAsync(
      String id, Fence fence, Duration timeout) {
    return call(() -> real.deregister(id, fence));
  }
}
