package dev.rollcall.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.ServiceCounts;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A store that makes each change by the asynchronous call of the store that it wraps, and waits for
 * it. Renewals are made amid renewals of an id that is not alive.
 *
 * <p>An {@link AsyncTtlStore} proves itself with one more subclass of {@link TtlStoreContract},
 * which returns this around the store: what holds for the blocking calls then holds for the
 * asynchronous ones.
 */
public final class AwaitedStore implements TtlStore {
  private static final String NOBODY = "nobody-is-called-this";
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final AsyncTtlStore store;

  /**
   * Wraps a store.
   *
   * @param store an {@link AsyncTtlStore}; it is closed with this
   */
  public AwaitedStore(TtlStore store) {
    this.store = (AsyncTtlStore) store;
  }

  private static <T> T await(CompletableFuture<T> call) {
    try {
      return call.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  @Override
  public Lease put(Claim claim) {
    return await(store.putAsync(claim, TIMEOUT));
  }

  @Override
  public Optional<Lease> renew(String id, Fence fence) {
    var before = store.renewAsync(NOBODY, Fence.none(), TIMEOUT);
    var renewal = store.renewAsync(id, fence, TIMEOUT);
    var after = store.renewAsync(NOBODY, fence, TIMEOUT);
    assertThat(await(before)).as("the neighbour before").isEmpty();
    assertThat(await(after)).as("the neighbour after").isEmpty();
    return await(renewal);
  }

  @Override
  public Optional<Service> remove(String id, Fence fence) {
    return await(store.removeAsync(id, fence, TIMEOUT));
  }

  /** No asynchronous call says who asks. */
  @Override
  public Optional<Service> remove(String id, Fence fence, String client) {
    return store.remove(id, fence, client);
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
  public ServiceCounts counts() {
    return store.counts();
  }

  @Override
  public OptionalLong expired() {
    return store.expired();
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
  public Optional<History> history() {
    return store.history();
  }

  @Override
  public void noteEnd(ServiceEvent end) {
    store.noteEnd(end);
  }

  @Override
  public void close() {
    store.close();
  }
}
