package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.spi.BulkRenewal;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.Renewal;
import dev.rollcall.spi.TtlStore;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** A store with the simplest bulk renewal, one after the other, that notes what it is asked for. */
public final class BulkStore implements TtlStore {
  private final TtlStore store;
  private final Queue<List<String>> bulks = new ConcurrentLinkedQueue<>();
  private volatile Consumer<List<Renewal>> step = this::renewEach;
  private volatile boolean closed;

  /** Adds a bulk renewal to a store, which is closed with this. */
  public BulkStore(TtlStore store) {
    this.store = store;
  }

  /** Returns the ids of each bulk that was asked for. */
  public List<List<String>> bulks() {
    return List.copyOf(bulks);
  }

  @Override
  public Optional<BulkRenewal> bulkRenewal() {
    return Optional.of(this::renewAll);
  }

  private void renewAll(List<Renewal> renewals) {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
    bulks.add(renewals.stream().map(Renewal::id).toList());
    step.accept(renewals);
  }

  /** Sets what is done for each bulk, in place of {@link #renewEach}. */
  public void onEachBulk(Consumer<List<Renewal>> step) {
    this.step = step;
  }

  /** Renews one after the other. */
  public void renewEach(List<Renewal> renewals) {
    renewals.forEach(each -> each.settle(() -> store.renew(each.id(), each.fence())));
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
    closed = true;
    store.close();
  }
}
