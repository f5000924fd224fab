package dev.rollcall.spi;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The calls that keep a registration, made without holding the caller's thread.
 *
 * <p>A {@link dev.rollcall.ServiceRegistry} that can make them implements this, too; it is found by
 * {@code instanceof}, so a decorator may implement it as well. A {@link
 * dev.rollcall.registrar.Registrar} then calls it so, and calls any other on threads that wait; a
 * server asks it for pings so, and no ping that waits holds a thread. The registry over an {@link
 * AsyncTtlStore} is one.
 *
 * <p>Each method does as the blocking one of its name does, and its future fails with what that one
 * would throw. None blocks or runs longer than it takes to hand the call on. A timeout is an upper
 * bound beside the registry's own: whichever ends first fails the future as unavailable.
 *
 * <p>Implementations are safe for use by any number of threads, and complete every future. The
 * threads that complete futures may be few: give a continuation that may block an executor of your
 * own.
 */
public interface AsyncRegistry {

  /**
   * Registers a service, as {@link dev.rollcall.ServiceRegistry#register} does.
   *
   * @param registration what to register
   * @param timeout how long the call may take, from when it is sent
   * @return completes with the lease
   */
  CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout);

  /**
   * Extends a lease, as {@link dev.rollcall.ServiceRegistry#ping(String, String)} does.
   *
   * @param id the service's id
   * @param fence which holder of the id may do so
   * @param timeout how long the call may take, from when it is sent
   * @return completes with the renewed lease, or empty if no live service has this id
   */
  CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout);

  /**
   * Extends several leases, each as {@link #pingAsync} does: each ping is atomic and has an outcome
   * of its own, and the failure of one changes no other. One service may be pinged more than once.
   *
   * <p>By default this calls {@link #pingAsync} for each. A registry that can send several pings as
   * one request overrides this and {@link #combinesPings}; a decorator passes both on.
   *
   * @param pings the pings, any number of them; not changed later
   * @param timeout how long the pings may take, from when this is called
   * @return one future for each ping, in the order of the pings; it completes as that of {@link
   *     #pingAsync}
   */
  default List<CompletableFuture<Optional<Lease>>> pingAllAsync(
      List<LeasePing> pings, Duration timeout) {
    List<CompletableFuture<Optional<Lease>>> answers = new ArrayList<>(pings.size());
    for (LeasePing ping : pings) {
      answers.add(pingAsync(ping.id(), ping.fence(), timeout));
    }
    return answers;
  }

  /**
   * Returns whether {@link #pingAllAsync} costs less than as many calls of {@link #pingAsync}. Then
   * a {@link dev.rollcall.registrar.Keepalive} waits some milliseconds for other pings to send with
   * one. The answer may change from call to call, and comes without waiting.
   *
   * @return whether to collect pings; by default false
   */
  default boolean combinesPings() {
    return false;
  }

  /**
   * Removes a service, as {@link dev.rollcall.ServiceRegistry#deregister(String, String)} does.
   *
   * @param id the service's id
   * @param fence which holder of the id may do so
   * @param timeout how long the call may take, from when it is sent
   * @return completes with the service as it was, or empty if no live service had this id
   */
  CompletableFuture<Optional<Service>> deregisterAsync(String id, Fence fence, Duration timeout);
}
