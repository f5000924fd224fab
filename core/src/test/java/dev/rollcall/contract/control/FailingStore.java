package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** A store that cannot be asked while it is told to fail. It is safe for use by any thread. */
public final class FailingStore extends ForwardingStore {
  private volatile boolean fails;

  /** Wraps a store, which is closed with this; it does not fail yet. */
  public FailingStore(TtlStore store) {
    super(store);
  }

  /** Makes every call fail from now on, or none. */
  public void fail(boolean fails) {
    this.fails = fails;
  }

  private void check() {
    if (fails) {
      throw new StoreUnavailableException("fails on purpose", null, null);
    }
  }

  @Override
  public Lease put(Claim claim) {
    check();
    return super.put(claim);
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    check();
    return super.renew(id, fence);
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    check();
    return super.remove(id, fence);
  }

  @Override
  public Optional<Service> find(String id) {
    check();
    return super.find(id);
  }

  @Override
  public Collection<Service> list() {
    check();
    return super.list();
  }

  @Override
  public Collection<Service> findAll(Collection<String> ids) {
    check();
    return super.findAll(ids);
  }

  @Override
  public Instant time() {
    check();
    return super.time();
  }
}
