package dev.rollcall.metrics;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.BulkRenewal;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.Renewal;
import dev.rollcall.spi.TtlStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Counts and times what a store does. */
final class MeasuredTtlStore implements TtlStore {
  private final TtlStore store;
  private final CachedServiceCount serviceCount;
  private final Counter registrations;
  private final Counter pings;
  private final Counter deregistrations;
  private final OperationMeters put;
  private final OperationMeters renew;
  private final OperationMeters remove;
  private final OperationMeters find;
  private final OperationMeters list;

  MeasuredTtlStore(TtlStore store, MeterFactory meters) {
    this.store = store;
    this.serviceCount = new CachedServiceCount(store, System::nanoTime);
    this.registrations = meters.counter("rollcall.registrations", "Registrations that were stored");
    this.pings = meters.counter("rollcall.pings", "Pings that extended a lease");
    this.deregistrations = meters.counter("rollcall.deregistrations", "Services that deregistered");
    this.put = new OperationMeters("put", meters);
    this.renew = new OperationMeters("renew", meters);
    this.remove = new OperationMeters("remove", meters);
    this.find = new OperationMeters("find", meters);
    this.list = new OperationMeters("list", meters);
    meters.gauge(
        "rollcall.services", "Services that are alive", serviceCount, CachedServiceCount::value);
    if (store.expired().isPresent()) {
      meters.counter(
          "rollcall.expiries",
          "Leases that ran out",
          store,
          counted -> counted.expired().orElse(0));
    }
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
      return time(System.nanoTime(), call);
    }

    /** Times a call that began at the given time and ends with this supplier. */
    <T> T time(long startNanos, Supplier<T> end) {
      try {
        return end.get();
      } catch (StoreUnavailableException e) {
        errors.increment();
        throw e;
      } finally {
        latency.record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
      }
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
    return counted(renew.time(() -> store.renew(id, fence)));
  }

  private Optional<Lease> counted(Optional<Lease> lease) {
    if (lease.isPresent()) {
      pings.increment();
    }
    return lease;
  }

  @Override
  public Optional<BulkRenewal> bulkRenewal() {
    return store.bulkRenewal().map(bulk -> renewals -> renewAll(bulk, renewals));
  }

  private void renewAll(BulkRenewal bulk, List<Renewal> renewals) {
    long start = System.nanoTime();
    bulk.renewAll(renewals);
    for (Renewal each : renewals) {
      each.settle(() -> counted(renew.time(start, each::lease)));
    }
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    Optional<Service> service = remove.time(() -> store.remove(id, fence));
    if (service.isPresent()) {
      deregistrations.increment();
    }
    return service;
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
  public long count() {
    return store.count();
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
