package dev.rollcall;

import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import dev.rollcall.history.History;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.view.PolledWatch;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A registry of live services: they register, ping to stay alive, and are gone when their lease
 * ends.
 *
 * <p>No method shows a service whose lease has ended, and a service that has expired or was
 * deregistered comes back only by registering. Each change is one atomic step in the store, so any
 * number of registries may share a store.
 *
 * <p>Leases are fenced. Each registration gets a {@linkplain Lease#leaseId() lease id}, and the
 * latest registration of an id holds it; a ping or a deregistration that names a superseded lease
 * fails and changes nothing. So in a rolling deploy the old instance's shutdown cannot remove the
 * new one that took over its id.
 *
 * <p>Implementations are safe for use by any number of threads. A method may block for one round
 * trip to the store, at most for its configured timeout; {@link #list} may take several, each with
 * this timeout; {@link #watch} and {@link #history} do not block. After {@link #close()} every
 * other method throws {@link IllegalStateException}.
 */
public interface ServiceRegistry extends AutoCloseable {

  /**
   * Registers a service, or registers it again if its id is alive.
   *
   * <p>A live service of the same id keeps its {@linkplain Service#registeredAt() registration
   * time}; its url and info are replaced, its lease starts again, and the former holder of the id
   * is superseded.
   *
   * <p>A registration that {@linkplain Registration.Builder#leaseId names a lease} is an update: in
   * one step with the check that this lease holds the id, it replaces url, name, info and ttl, and
   * starts the lease again. What it leaves out, such as the ttl, gets the registry's default, not
   * what the service had. The lease id stays, so pings that are under way with it succeed, and
   * whoever watches sees one change. An update never brings back a service that is gone, and
   * repeating one is safe. A live service without a lease id accepts any, as with {@link #ping},
   * and gets a lease of its own. A registry that knows no lease ids takes an update as a
   * registration.
   *
   * @param registration what to register; if it has no id the registry generates one, a {@link
   *     Ulid}
   * @return the lease, whose {@linkplain Lease#ttl() ttl} may differ from the one asked for; its id
   *     may differ, too, where another implementation of the protocol assigns its own
   * @throws LeaseSupersededException if it names a lease, and another registration holds the id;
   *     nothing was changed
   * @throws LeaseEndedException if it names a lease, and no live service has the id; nothing was
   *     changed
   * @throws RejectedException if the registry refuses this registration; trying again is no use
   * @throws RegistryFullException if the registry holds as many services, or as many bytes of them,
   *     as it may
   * @throws RegistryUnavailableException if the registry or its store could not be asked; the
   *     service may or may not be registered, and calling again is safe
   */
  Lease register(Registration registration);

  /**
   * Extends the lease of a live service by its full ttl, counted from now, if its holder may do so.
   *
   * <p>Atomic: a service that has expired or was deregistered is never revived, whatever else runs.
   *
   * <p>A service without a lease id accepts any fence. Other implementations that share the store
   * register such services.
   *
   * @param id the service's id, as {@link #register} returned it
   * @param fence which holder of the id may do so
   * @return the renewed lease, or empty if no live service has this id
   * @throws LeaseSupersededException if another registration holds the id; nothing was changed
   * @throws RejectedException if the registry refuses the caller
   * @throws RegistryUnavailableException if the registry or its store could not be asked; the lease
   *     may or may not be extended, and calling again is safe
   */
  Optional<Lease> ping(String id, Fence fence);

  /**
   * Extends the lease of a live service, whoever holds it: {@link #ping(String, Fence)} with {@link
   * Fence#none()}.
   *
   * @param id the service's id, as {@link #register} returned it
   * @return the renewed lease, or empty if no live service has this id
   * @throws RejectedException if the registry refuses the caller
   * @throws RegistryUnavailableException if the registry or its store could not be asked; the lease
   *     may or may not be extended, and calling again is safe
   */
  default Optional<Lease> ping(String id) {
    return ping(id, Fence.none());
  }

  /**
   * Extends the lease of a live service if this lease still holds the id: {@link #ping(String,
   * Fence)} with {@link Fence#of}.
   *
   * @param id the service's id, as {@link #register} returned it
   * @param leaseId the {@linkplain Lease#leaseId() lease id} that {@code register} returned
   * @return the renewed lease, or empty if no live service has this id
   * @throws LeaseSupersededException if another registration holds the id; nothing was changed
   * @throws RejectedException if the registry refuses the caller
   * @throws RegistryUnavailableException if the registry or its store could not be asked; the lease
   *     may or may not be extended, and calling again is safe
   */
  default Optional<Lease> ping(String id, String leaseId) {
    return ping(id, Fence.of(leaseId));
  }

  /**
   * Removes a live service, if its holder may be removed.
   *
   * <p>Of several callers at once exactly one gets the service.
   *
   * @param id the service's id
   * @param fence which holder of the id may be removed
   * @return the service as it was, or empty if no live service had this id
   * @throws LeaseSupersededException if another registration holds the id; nothing was changed
   * @throws RejectedException if the registry refuses the caller
   * @throws RegistryUnavailableException if the registry or its store could not be asked; the
   *     service may or may not be removed, and calling again is safe
   */
  Optional<Service> deregister(String id, Fence fence);

  /**
   * Removes a live service, as {@link #deregister(String, Fence)} does, and says in its {@linkplain
   * #history() history} who asked for it. For what serves a registry to others.
   *
   * @param id the service's id
   * @param fence which holder of the id may be removed
   * @param client the address of who asked for it, as text; one that is longer than {@link
   *     dev.rollcall.history.ServiceEvent#MAX_CLIENT_LENGTH} is not kept, and a registry that keeps
   *     no history ignores it, as here
   * @return the service as it was, or empty if no live service had this id
   * @throws LeaseSupersededException if another registration holds the id; nothing was changed
   * @throws RejectedException if the registry refuses the caller
   * @throws RegistryUnavailableException if the registry or its store could not be asked; the
   *     service may or may not be removed, and calling again is safe
   */
  default Optional<Service> deregister(String id, Fence fence, String client) {
    return deregister(id, fence);
  }

  /**
   * Removes a live service, whoever holds it: {@link #deregister(String, Fence)} with {@link
   * Fence#none()}.
   *
   * @param id the service's id
   * @return the service as it was, or empty if no live service had this id
   * @throws RejectedException if the registry refuses the caller
   * @throws RegistryUnavailableException if the registry or its store could not be asked; the
   *     service may or may not be removed, and calling again is safe
   */
  default Optional<Service> deregister(String id) {
    return deregister(id, Fence.none());
  }

  /**
   * Removes a live service if this lease still holds the id: {@link #deregister(String, Fence)}
   * with {@link Fence#of}.
   *
   * @param id the service's id
   * @param leaseId the {@linkplain Lease#leaseId() lease id} that {@code register} returned
   * @return the service as it was, or empty if no live service had this id
   * @throws LeaseSupersededException if another registration holds the id; nothing was changed
   * @throws RejectedException if the registry refuses the caller
   * @throws RegistryUnavailableException if the registry or its store could not be asked; the
   *     service may or may not be removed, and calling again is safe
   */
  default Optional<Service> deregister(String id, String leaseId) {
    return deregister(id, Fence.of(leaseId));
  }

  /**
   * Finds a live service.
   *
   * @param id the service's id
   * @return the service, or empty if no live service has this id
   * @throws RejectedException if the registry refuses the caller
   * @throws RegistryUnavailableException if the registry or its store could not be asked
   */
  Optional<Service> find(String id);

  /**
   * Lists the live services in the order of their ids.
   *
   * <p>The list is a snapshot, not one instant: it holds each service that was alive throughout the
   * call, and none that was dead throughout.
   *
   * @return the services, unmodifiable
   * @throws RejectedException if the registry refuses the caller
   * @throws RegistryBusyException if the registry has no memory for the list, or as many lists
   *     under way as it may
   * @throws RegistryUnavailableException if the registry or its store could not be asked
   */
  List<Service> list();

  /**
   * Lists the live services that a query asks for, in the order of their ids.
   *
   * <p>The list is a snapshot, as that of {@link #list()}. This implementation selects from that
   * list.
   *
   * @param query which services
   * @return the services, unmodifiable
   * @throws RejectedException if the registry refuses the caller
   * @throws RegistryBusyException if the registry has no memory for the list, or as many lists
   *     under way as it may
   * @throws RegistryUnavailableException if the registry or its store could not be asked
   */
  default List<Service> list(Query query) {
    return query.isAll() ? list() : Collections.unmodifiableList(query.select(list()));
  }

  /**
   * Has a listener told which services there are that a query asks for, and what happens to them.
   *
   * <p>Does not block. The listener is called first when the services are known; while the registry
   * cannot be asked, that is later. The watch goes on through any outage: no service is reported
   * gone because the registry could not be asked, and {@link View#staleSince} says since when what
   * is known may be old. A ping is no change.
   *
   * <p>This implementation asks {@link #list()} about every 5 seconds and compares, with threads of
   * its own until the watch is closed, or the list throws {@link IllegalStateException} twice in a
   * row, as that of a closed registry does. A registry that hears of changes overrides it.
   *
   * <p>While the store answers, a change is seen within 100 milliseconds and the end of a lease
   * within 150 (99 of 100), where the store tells of changes as those for memory and Valkey do;
   * otherwise what others did is seen at the next comparison with the whole list, about every 5
   * seconds, and the end of a lease when it ends. It is never reported before.
   *
   * @param query which services; not {@linkplain Query#isPaged() paged}
   * @param listener is told; see there for threads and order
   * @return the watch, the caller's to close; closing the registry ends it, too
   * @throws IllegalArgumentException if the query is paged
   */
  default Watch watch(Query query, WatchListener listener) {
    return PolledWatch.open(this, query, listener);
  }

  /**
   * Returns what happened to the services, those that are gone included. Does not block.
   *
   * @return the history; empty, as here, if the registry or its store keeps none
   */
  default Optional<History> history() {
    return Optional.empty();
  }

  /**
   * Releases what this registry opened. Registered services stay until their leases end.
   *
   * <p>Idempotent.
   */
  @Override
  void close();

  /**
   * Returns a registry over a store, with the default settings of {@link StoreRegistry}.
   *
   * @param store where the services live; it stays the caller's to close
   * @return the registry
   */
  static ServiceRegistry over(TtlStore store) {
    return StoreRegistry.builder(store).build();
  }

  /**
   * Opens a store by its URI and returns a registry over it, which closes the store with itself.
   *
   * @param storeUri the store, such as {@code memory:}
   * @return the registry
   * @throws IllegalArgumentException if it is not a URI, no store on the class path answers for its
   *     scheme, or the store does not support what it asks for
   * @throws StoreUnavailableException if the store could not be reached
   * @see TtlStore#open
   */
  static ServiceRegistry open(String storeUri) {
    return StoreRegistry.owning(TtlStore.open(storeUri));
  }
}
