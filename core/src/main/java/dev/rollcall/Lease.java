package dev.rollcall;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time that a registry has given to a service: it is alive until {@link #expiresAt()}, unless a
 * ping renews the lease, or the service is deregistered, before that.
 *
 * <p>Immutable.
 */
public final class Lease {
  private final String id;
  private final @Nullable String leaseId;
  private final Duration ttl;
  private final Instant expiresAt;

  private Lease(String id, @Nullable String leaseId, Duration ttl, Instant expiresAt) {
    this.id = Objects.requireNonNull(id, "id");
    this.leaseId = leaseId;
    this.ttl = Objects.requireNonNull(ttl, "ttl");
    this.expiresAt = Objects.requireNonNull(expiresAt, "expiresAt");
  }

  /**
   * Returns a lease without a lease id.
   *
   * @param id the service's id
   * @param ttl how long a ping renews it for
   * @param expiresAt when it ends
   * @return the lease
   */
  public static Lease of(String id, Duration ttl, Instant expiresAt) {
    return new Lease(id, null, ttl, expiresAt);
  }

  /**
   * Returns this lease with a lease id.
   *
   * @param leaseId the fence of the registration that holds the service's id
   * @return a lease that differs only in this
   */
  public Lease withLeaseId(String leaseId) {
    return new Lease(id, Objects.requireNonNull(leaseId, "leaseId"), ttl, expiresAt);
  }

  /**
   * Returns the id of the service.
   *
   * @return the id
   */
  public String id() {
    return id;
  }

  /**
   * Returns the id of this registration of the service, which fences off its predecessors.
   *
   * @return the lease id; empty after a ping without one, and from a registry that has no lease ids
   */
  public Optional<String> leaseId() {
    return Optional.ofNullable(leaseId);
  }

  /**
   * Returns how long a registration or a ping keeps the service alive.
   *
   * @return the ttl
   */
  public Duration ttl() {
    return ttl;
  }

  /**
   * Returns when the registry last heard of the service, by the registry's clock.
   *
   * @return {@link #expiresAt()} less {@link #ttl()}
   */
  public Instant lastPingAt() {
    return expiresAt.minus(ttl);
  }

  /**
   * Returns when the lease ends, by the registry's clock.
   *
   * <p>For people to read: clocks differ from host to host, so what waits for the end of a lease
   * counts {@link #ttl()} from before its call.
   *
   * @return the end, in milliseconds
   */
  public Instant expiresAt() {
    return expiresAt;
  }

  @Override
  public String toString() {
    return "Lease[id=" + id + ", ttl=" + ttl + ", expiresAt=" + expiresAt + "]";
  }
}
