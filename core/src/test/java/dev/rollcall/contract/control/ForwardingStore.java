package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.TtlStore;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** A store that forwards each call to another one; a subclass changes what it overrides. */
public class ForwardingStore implements TtlStore {
  private final TtlStore store;

  /** Wraps a store, which is closed with this. */
  public ForwardingStore(TtlStore store) {
    this.store = store;
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
  public Collection<Service> findAll(Collection<String> ids) {
    return store.findAll(ids);
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
  public void close() {
    store.close();
  }
}
