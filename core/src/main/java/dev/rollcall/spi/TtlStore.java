package dev.rollcall.spi;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.RegistryFullException;
import dev.rollcall.Service;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where services live: a map from id to service in which every entry has a lease and is gone, to
 * every reader and at once, when the lease ends.
 *
 * <p>The store keeps time. It stamps what it stores, in milliseconds, and its own expiry decides
 * who is alive; no other clock and no cleanup job does.
 *
 * <p>Each method that changes an entry is one atomic step against every other step, of this store
 * and of any other that shares its data. In particular a {@link #renew} never brings back what has
 * expired or was removed.
 *
 * <p>Implementations are safe for use by any number of threads, bound every wait, and after {@link
 * #close()} throw {@link IllegalStateException}. One that cannot be asked throws {@link
 * StoreUnavailableException}, never answers that there is nothing.
 */
public interface TtlStore extends AutoCloseable {

  /**
   * Stores a service for the claim's ttl from now.
   *
   * <p>A live entry of the same id keeps the time it was registered at; all else of it is replaced,
   * the lease id included.
   *
   * <p>If the claim has a {@linkplain Claim#fence() fence}, it is an update, and takes effect only
   * if the id is alive and the fence admits its holder. Then the entry also keeps its lease id, and
   * the claim's lease id only tells the new state from the one before: it makes the {@linkplain
   * Service#revision() revision} in both cases. A live entry without a lease id gets the claim's.
   *
   * @param claim what to store
   * @return the lease, with the lease id that the entry has now
   * @throws LeaseSupersededException if the id is alive and the claim's fence does not admit its
   *     holder
   * @throws LeaseEndedException if the claim has a fence and the id is not alive
   * @throws RegistryFullException if the store has a bound on how many live entries it holds, or on
   *     how many bytes of them, and this one goes beyond it; what the id had before stays. An id
   *     that is alive is always taken with no more bytes than it has
   * @throws StoreUnavailableException if the store could not be asked; the entry may or may not be
   *     stored
   */
  Lease put(Claim claim);

  /**
   * Starts the lease of a live entry again, for its own ttl from now.
   *
   * @param id the id
   * @param fence which holder of the id may do so
   * @return the lease, with the fence's lease id if it has one, or empty if the id is not alive
   * @throws LeaseSupersededException if the id is alive and the fence does not admit its holder
   * @throws StoreUnavailableException if the store could not be asked; the lease may or may not be
   *     renewed
   */
  Optional<Lease> renew(String id, Fence fence);

  /**
   * Removes a live entry. Of several callers at once exactly one gets it.
   *
   * @param id the id
   * @param fence which holder of the id may do so
   * @return the service as it was, or empty if the id was not alive
   * @throws LeaseSupersededException if the id is alive and the fence does not admit its holder
   * @throws StoreUnavailableException if the store could not be asked; the entry may or may not be
   *     removed
   */
  Optional<Service> remove(String id, Fence fence);

  /**
   * Removes a live entry, as {@link #remove(String, Fence)} does, and says in its history who asked
   * for it.
   *
   * @param id the id
   * @param fence which holder of the id may do so
   * @param client the address of who asked for it, as text; one that is longer than {@link
   *     ServiceEvent#MAX_CLIENT_LENGTH} is not kept
   * @return the service as it was, or empty if the id was not alive
   * @throws LeaseSupersededException if the id is alive and the fence does not admit its holder
   * @throws StoreUnavailableException if the store could not be asked; the entry may or may not be
   *     removed
   */
  default Optional<Service> remove(String id, Fence fence, String client) {
    return remove(id, fence);
  }

  /**
   * Finds a live entry.
   *
   * @param id the id
   * @return the service, or empty if the id is not alive
   * @throws StoreUnavailableException if the store could not be asked
   */
  Optional<Service> find(String id);

  /**
   * Finds the live entries of some ids.
   *
   * <p>This implementation finds one after the other; a store that can read many in one step
   * overrides it.
   *
   * @param ids the ids, each once
   * @return the services that are alive, in any order
   * @throws StoreUnavailableException if the store could not be asked
   */
  default Collection<Service> findAll(Collection<String> ids) {
    List<Service> found = new ArrayList<>(ids.size());
    for (String id : ids) {
      find(id).ifPresent(found::add);
    }
    return found;
  }

  /**
   * Returns every entry that is alive throughout the call, none that is dead throughout it, and no
   * id twice, in any order.
   *
   * @return the services
   * @throws dev.rollcall.RegistryBusyException if the store bounds what lists hold, and this one
   *     would go beyond it
   * @throws StoreUnavailableException if the store could not be asked
   */
  Collection<Service> list();

  /**
   * Returns about how many entries are alive, and how many of these have a mark, for metrics: some
   * that came or went within the last seconds may be missing or still be counted.
   *
   * <p>This one lists them; a store that can tell more cheaply overrides it.
   *
   * @return the counts
   * @throws dev.rollcall.RegistryBusyException as {@link #list} does
   * @throws StoreUnavailableException if the store could not be asked
   */
  default ServiceCounts counts() {
    return ServiceCounts.of(list());
  }

  /**
   * Returns how many leases have run out in this store since it was opened, for metrics. It never
   * falls, and may be some seconds behind.
   *
   * @return the number; empty, as here, if the store does not learn of it
   */
  default OptionalLong expired() {
    return OptionalLong.empty();
  }

  /**
   * Returns what happened to the entries. A store that keeps a history records each change in the
   * same step that makes it. It also records the calls that it refuses with a {@link
   * LeaseSupersededException}, as {@link ServiceEvent.Type#REFUSED} has it; if that fails, or would
   * take the call another round trip, the record may be late or missing.
   *
   * @return the history; empty, as here, if the store keeps none
   */
  default Optional<History> history() {
    return Optional.empty();
  }

  /**
   * Takes note of an end of which this store may not have learned: somebody who watches has seen
   * that an entry is not alive any more. A store that keeps a history and finds ends late records
   * it, unless it has recorded one, or the entry is alive again. Does not block; a failure is
   * nobody's.
   *
   * <p>This one ignores it.
   *
   * @param end the event, with the type {@link ServiceEvent.Type#EXPIRED} or {@link
   *     ServiceEvent.Type#LOST}
   */
  default void noteEnd(ServiceEvent end) {}

  /**
   * Returns the time by the clock that dates this store's entries, so that a reader knows how long
   * a lease runs that it has read.
   *
   * <p>This is the system's clock; a store whose data have another overrides it.
   *
   * @return the time
   * @throws StoreUnavailableException if the store could not be asked
   */
  default Instant time() {
    return Instant.now();
  }

  /**
   * Has a listener told of changes, by whichever process that shares the data, as far as this store
   * learns of them. Does not block.
   *
   * <p>The store tells nobody before it is asked to, and keeps nothing of a subscription that was
   * closed. While it cannot hear of changes it goes on trying, and says {@link
   * HintListener#missed()} when it hears of them again.
   *
   * @param listener is called until the subscription or the store is closed
   * @return the subscription; empty, as here, if the store does not learn of changes: then they are
   *     found by reading
   */
  default Optional<HintSubscription> subscribe(HintListener listener) {
    return Optional.empty();
  }

  /** Releases what the store holds open. Idempotent. */
  @Override
  void close();

  /**
   * Opens the store that a URI names, with the first {@link TtlStoreProvider} that answers for its
   * scheme.
   *
   * <p>Providers are found by {@link java.util.ServiceLoader}, through the context class loader of
   * the calling thread, then through the loader of this interface.
   *
   * @param uri the store, such as {@code memory:}
   * @return the store, the caller's to close
   * @throws IllegalArgumentException if it is no URI, no provider answers for its scheme, or the
   *     provider cannot do what it asks
   * @throws StoreUnavailableException if the store could not be reached
   */
  static TtlStore open(String uri) {
    return TtlStoreProviders.open(uri);
  }
}
