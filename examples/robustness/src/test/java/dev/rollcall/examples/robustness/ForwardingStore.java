package dev.rollcall.examples.robustness;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import java.util.Collection;
import java.util.Optional;

/** Forwards each call to a store that is right; subclasses override the one that has a fault. */
class ForwardingStore implements TtlStore {
  private final TtlStore right;

  ForwardingStore(TtlStore right) {
    this.right = right;
  }

  @Override
  public Lease put(Claim claim) {
    return right.put(claim);
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    return right.renew(id, fence);
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    return right.remove(id, fence);
  }

  @Override
  public Optional<Service> find(String id) {
    return right.find(id);
  }

  @Override
  public Collection<Service> list() {
    return right.list();
  }

  @Override
  public void close() {
    right.close();
  }
}
