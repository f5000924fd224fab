package dev.rollcall.http.server;

import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.spi.BulkRenewal;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.Fence;
import dev.rollcall.spi.Renewal;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A store in memory that renews in bulk, and does before each what a test says. */
final class BulkStore implements TtlStore {
  private final TtlStore store = MemoryTtlStore.builder().build();
  private final List<Integer> batches = new CopyOnWriteArrayList<>();
  private volatile Consumer<List<Renewal>> step = this::renewEach;

  /** Returns how many renewals each batch had. */
  List<Integer> batches() {
    return batches;
  }

  /** Sets what is done for every batch. */
  void onEachBatch(Consumer<List<Renewal>> step) {
    this.step = step;
  }

  void renewEach(List<Renewal> renewals) {
    renewals.forEach(each -> each.settle(() -> store.renew(each.id(), each.fence())));
  }

  @Override
  public Optional<BulkRenewal> bulkRenewal() {
    return Optional.of(
        renewals -> {
          batches.add(renewals.size());
          step.accept(renewals);
        });
  }

  @Override
  public Lease put(Claim claim) {
    return store.put(claim);
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    return store.renew(id, fence);
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    return store.remove(id, fence);
  }

  @Override
  public Optional<Service> find(String id) {
    return store.find(id);
  }

  @Override
  public Collection<Service> list() {
    return store.list();
  }

  @Override
  public void close() {
    store.close();
  }
}
