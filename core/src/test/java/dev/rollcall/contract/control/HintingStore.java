package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.TtlStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Adds hints to a store that has none, in the simplest way: after each change. */
final class HintingStore extends ForwardingStore {
  private final List<Subscribed> subscribed = new CopyOnWriteArrayList<>();

  HintingStore(TtlStore store) {
    super(store);
  }

  /** A listener, as often as it has subscribed. */
  private final class Subscribed implements HintSubscription {
    private final HintListener listener;

    private Subscribed(HintListener listener) {
      this.listener = listener;
    }

    @Override
    public void close() {
      subscribed.remove(this);
    }
  }

  @Override
  public Optional<HintSubscription> subscribe(HintListener listener) {
    Subscribed added = new Subscribed(listener);
    subscribed.add(added);
    listener.missed();
    return Optional.of(added);
  }

  @Override
  public Lease put(Claim claim) {
    Lease lease = super.put(claim);
    subscribed.forEach(each -> each.listener.registered(claim.id()));
    return lease;
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    Optional<Service> removed = super.remove(id, fence);
    if (removed.isPresent()) {
      subscribed.forEach(each -> each.listener.deregistered(id));
    }
    return removed;
  }
}
