package dev.rollcall.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.Renewal;
import dev.rollcall.spi.TtlStore;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A store that makes each renewal by the {@linkplain TtlStore#bulkRenewal() bulk renewal} of the
 * store that it wraps, in the midst of renewals of an id that is not alive.
 *
 * <p>A store that has a bulk renewal proves it with one more subclass of {@link TtlStoreContract},
 * which returns this around the store: what holds for a renewal alone then holds for one in bulk.
 */
public final class InBulk implements TtlStore {
  private static final String NOBODY = "nobody-is-called-this";

  private final TtlStore store;

  /**
   * Wraps a store.
   *
   * @param store has a bulk renewal; it is closed with this
   */
  public InBulk(TtlStore store) {
    this.store = store;
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    Renewal before = asked(NOBODY, Fence.none());
    Renewal renewal = asked(id, fence);
    Renewal after = asked(NOBODY, fence);
    store.bulkRenewal().orElseThrow().renewAll(List.of(before, renewal, after));
    assertThat(before.lease()).as("the neighbour before").isEmpty();
    assertThat(after.lease()).as("the neighbour after").isEmpty();
    return renewal.lease();
  }

  private static Renewal asked(String id, Fence fence) {
    return new Renewal(id, fence, System.nanoTime());
  }

  @Override
  public Lease put(Claim claim) {
    return store.put(claim);
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
