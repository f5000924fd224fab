package dev.rollcall.spi;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.Ttl;
import dev.rollcall.Ulid;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A registration with everything decided that a service may leave open.
 *
 * @param registration what to store; it has an id
 * @param leaseId the fence of this registration; of an update, which keeps the lease id that the
 *     service has, only what tells the new state from the one before
 * @param ttl how long a registration or a ping keeps it alive, in whole milliseconds, {@link
 *     Ttl#MAX} at most; the registration's own ttl does not count here
 */
public record Claim(Registration registration, Ulid leaseId, Duration ttl) {

  /**
   * Creates a claim.
   *
   * @param registration what to store
   * @param leaseId the fence of this registration
   * @param ttl how long a registration or a ping keeps it alive
   * @throws IllegalArgumentException if the registration has no id, or the ttl is not positive or
   *     beyond {@link Ttl#MAX}
   */
  public Claim {
    Objects.requireNonNull(leaseId, "leaseId");
    if (ttl.isNegative() || ttl.isZero() || ttl.compareTo(Ttl.MAX) > 0) {
      throw new IllegalArgumentException(
          "a claim's ttl is positive and at most " + Ttl.MAX + ", not " + ttl);
    }
    if (registration.id().isEmpty()) {
      throw new IllegalArgumentException("a claim's registration has an id: " + registration);
    }
  }

  /**
   * Returns the service that this is as long as its lease runs.
   *
   * @param registeredAt since when the id has been alive
   * @param lastUpdated when this registration was made
   * @param expiresAt when its lease ends
   * @return the service
   */
  public Service toService(Instant registeredAt, Instant lastUpdated, Instant expiresAt) {
    return new Service(
        id(),
        registration.name().orElseGet(this::id),
        registration.url(),
        registration.info(),
        registeredAt,
        lastUpdated,
        expiresAt.minus(ttl),
        expiresAt,
        leaseId.low());
  }

  /**
   * Returns which holder of the id this may take the place of.
   *
   * @return the fence of the lease that the registration updates; none if it is no update, and
   *     takes the place of any holder or of none
   */
  public Fence fence() {
    return registration.leaseId().map(Fence::of).orElseGet(Fence::none);
  }

  /**
   * Returns the id that is claimed.
   *
   * @return the registration's id
   */
  public String id() {
    return registration.id().orElseThrow();
  }
}
