package dev.rollcall.spi;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A store whose changes can also be asked for without holding the caller's thread.
 *
 * <p>It is found by {@code instanceof}. The registry over such a store is an {@link AsyncRegistry}.
 * A store that answers from memory has no reason to be one: it never makes its caller wait.
 *
 * <p>Each method does what the blocking one of its name does. Its future fails with what that one
 * would throw, an {@link IllegalStateException} after {@link #close()} included; the method itself
 * throws nothing. None blocks or runs longer than it takes to hand the call on. A timeout is an
 * upper bound beside the store's own: whichever ends first fails the future as unavailable.
 *
 * <p>Implementations complete every future, whatever happens to the store, and run no continuation
 * on a thread that the calls of others depend on, such as one that does their input and output.
 */
public interface AsyncTtlStore extends TtlStore {

  /**
   * Stores a service, as {@link #put} does.
   *
   * @param claim what to store
   * @param timeout how long the call may take, from now
   * @return completes with the lease
   */
  CompletableFuture<Lease> putAsync(Claim claim, Duration timeout);

  /**
   * Starts the lease of a live entry again, as {@link #renew} does.
   *
   * @param id the id
   * @param fence which holder of the id may do so
   * @param timeout how long the call may take, from now
   * @return completes with the lease, or empty if the id is not alive
   */
  CompletableFuture<Optional<Lease>> renewAsync(String id, Fence fence, Duration timeout);

  /**
   * Removes a live entry, as {@link #remove} does.
   *
   * @param id the id
   * @param fence which holder of the id may do so
   * @param timeout how long the call may take, from now
   * @return completes with the service as it was, or empty if the id was not alive
   */
  CompletableFuture<Optional<Service>> removeAsync(String id, Fence fence, Duration timeout);
}
