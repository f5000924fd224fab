package dev.rollcall.metrics;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.history.ServiceMark;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.TtlStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts and times what a store does. */
class MeasuredTtlStore implements TtlStore {
  private final TtlStore store;
  private final Cached<Long> count;
  private final Cached<Map<ServiceMark, Long>> marked;
  private final Counter registrations;
  private final Counter pings;
  private final Counter deregistrations;
  private final OperationMeters put;
  private final OperationMeters renew;
  private final OperationMeters remove;
  private final OperationMeters find;
  private final OperationMeters findAll;
  private final OperationMeters list;

  private MeasuredTtlStore(TtlStore store, MeterFactory meters) {
    this.store = store;
    this.count = new Cached<>(store::count, System::nanoTime);
    this.marked = new Cached<>(store::marked, System::nanoTime);
    this.registrations = meters.counter("rollcall.registrations", "Registrations that were stored");
    this.pings = meters.counter("rollcall.pings", "Pings that extended a lease");
    this.deregistrations = meters.counter("rollcall.deregistrations", "Services that deregistered");
    this.put = new OperationMeters("put", meters);
    this.renew = new OperationMeters("renew", meters);
    this.remove = new OperationMeters("remove", meters);
    this.find = new OperationMeters("find", meters);
    this.findAll = new OperationMeters("find_all", meters);
    this.list = new OperationMeters("list", meters);
    meters.gauge(
        "rollcall.services",
        "Services that are alive",
        count,
        counted -> counted.value().map(Long::doubleValue).orElse(Double.NaN));
    // All, where a store does not answer: it may count them, and is asked for them only here.
    Set<ServiceMark> known =
        marked.value().map(Map::keySet).orElse(EnumSet.allOf(ServiceMark.class));
    for (ServiceMark mark : known) {
      meters.gauge(
          "rollcall.services." + mark.name().toLowerCase(Locale.ROOT),
          "Services that are alive and have this mark",
          marked,
          counted -> numberOf(counted, mark));
    }
    if (store.expired().isPresent()) {
      meters.counter(
          "rollcall.expiries",
          "Leases that ran out",
          store,
          counted -> counted.expired().orElse(0));
    }
  }

  private static double numberOf(Cached<Map<ServiceMark, Long>> marked, ServiceMark mark) {
    return marked
        .value()
        .map(numbers -> numbers.get(mark))
        .map(Long::doubleValue)
        .orElse(Double.NaN);
  }

  /** Times the calls of one kind, and counts those that the store did not answer. */
  private static final class OperationMeters {
    private final Timer latency;
    private final Counter errors;

    OperationMeters(String name, MeterFactory meters) {
      this.latency =
          meters.timer("rollcall.store", "How long calls of the store take", "operation", name);
      this.errors =
          meters.counter(
              "rollcall.store.errors", "Calls that the store did not answer", "operation", name);
    }

    <T> T time(Supplier<T> call) {
      long start = System.nanoTime();
      try {
        return call.get();
      } catch (StoreUnavailableException e) {
        errors.increment();
        throw e;
      } finally {
        latency.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      }
    }

    /** Times a call until its future is complete. */
    <T> CompletableFuture<T> timeAsync(Supplier<CompletableFuture<T>> call, Consumer<T> onSuccess) {
      long start = System.nanoTime();
      CompletableFuture<T> answer = call.get();
      var unused = answer.whenComplete((value, e) -> ended(start, value, e, onSuccess));
      // The store's own future: it completes, whatever becomes of what is hung on it.
      return answer;
    }

    private <T> void ended(
        long startNanos, @Nullable T value, @Nullable Throwable failure, Consumer<T> onSuccess) {
      latency.record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
      if (value != null) {
        onSuccess.accept(value);
      } else if (causeOf(failure) instanceof StoreUnavailableException) {
        errors.increment();
      }
    }

    private static @Nullable Throwable causeOf(@Nullable Throwable failure) {
      return failure instanceof CompletionException ? failure.getCause() : failure;
    }
  }

  /** Returns a store that measures another, and can be called as that one can. */
  static TtlStore of(TtlStore store, MeterFactory meters) {
    return store instanceof AsyncTtlStore asyncStore
        ? new Async(asyncStore, meters)
        : new MeasuredTtlStore(store, meters);
  }

  /** Measures the asynchronous calls of a store as well. */
  private static final class Async extends MeasuredTtlStore implements AsyncTtlStore {
    private final AsyncTtlStore store;

    Async(AsyncTtlStore store, MeterFactory meters) {
      super(store, meters);
      this.store = store;
    }

    @Override
    public CompletableFuture<Lease> putAsync(Claim claim, Duration timeout) {
      return super.put.timeAsync(
          () -> store.putAsync(claim, timeout), lease -> super.registrations.increment());
    }

    @Override
    public CompletableFuture<Optional<Lease>> renewAsync(String id, Fence fence, Duration timeout) {
      return super.renew.timeAsync(() -> store.renewAsync(id, fence, timeout), super::countPing);
    }

    @Override
    public CompletableFuture<Optional<Service>> removeAsync(
        String id, Fence fence, Duration timeout) {
      return super.remove.timeAsync(
          () -> store.removeAsync(id, fence, timeout), super::countDeregistration);
    }
  }

  @Override
  public Lease put(Claim claim) {
    Lease lease = put.time(() -> store.put(claim));
    registrations.increment();
    return lease;
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    Optional<Lease> lease = renew.time(() -> store.renew(id, fence));
    countPing(lease);
    return lease;
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    Optional<Service> service = remove.time(() -> store.remove(id, fence));
    countDeregistration(service);
    return service;
  }

  @Override
  public Optional<Service> remove(String id, Fence fence, String client) {
    Optional<Service> service = remove.time(() -> store.remove(id, fence, client));
    countDeregistration(service);
    return service;
  }

  private void countPing(Optional<Lease> lease) {
    if (lease.isPresent()) {
      pings.increment();
    }
  }

  private void countDeregistration(Optional<Service> service) {
    if (service.isPresent()) {
      deregistrations.increment();
    }
  }

  @Override
  public Optional<Service> find(String id) {
    return find.time(() -> store.find(id));
  }

  @Override
  public Collection<Service> list() {
    return list.time(store::list);
  }

  @Override
  public Collection<Service> findAll(Collection<String> ids) {
    return findAll.time(() -> store.findAll(ids));
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
  public Optional<History> history() {
    return store.history();
  }

  @Override
  public void noteEnd(ServiceEvent end) {
    store.noteEnd(end);
  }

  @Override
  public long count() {
    return store.count();
  }

  @Override
  public Map<ServiceMark, Long> marked() {
    return store.marked();
  }

  @Override
  public OptionalLong expired() {
    return store.expired();
  }

  @Override
  public void close() {
    store.close();
  }
}
