package dev.rollcall.spi;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The calls that keep a registration, made without holding the caller's thread.
 *
 * <p>A {@link dev.rollcall.ServiceRegistry} that can implements this too, and a {@link
 * dev.rollcall.registrar.Registrar} then calls it so; any other is called on threads that wait.
 *
 * <p>Each method does as the blocking one of its name does, and its future fails with what that one
 * would throw. None blocks or runs longer than it takes to hand the call on. A timeout is an upper
 * bound beside the registry's own: whichever ends first fails the future as unavailable.
 *
 * <p>Implementations are safe for use by any number of threads, and complete every future.
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
   * Removes a service, as {@link dev.rollcall.ServiceRegistry#deregister(String, String)} does.
   *
   * @param id the service's id
   * @param fence which holder of the id may do so
   * @param timeout how long the call may take, from when it is sent
   * @return completes with the service as it was, or empty if no live service had this id
   */
  CompletableFuture<Optional<Service>> deregisterAsync(String id, Fence fence, Duration timeout);
}
