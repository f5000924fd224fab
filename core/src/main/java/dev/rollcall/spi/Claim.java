package dev.rollcall.spi;

import dev.rollcall.Registration;
import dev.rollcall.Ulid;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * A registration with everything settled that a service may leave open.
 *
 * @param id the service's id
 * @param leaseId the fence of this registration
 * @param ttl how long a registration or a ping keeps it alive, in whole milliseconds
 * @param registration what the service asked for; its own id and ttl do not count here
 */
public record Claim(String id, Ulid leaseId, Duration ttl, Registration registration) {

  /** Checks that nothing is null. */
  public Claim {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(leaseId, "leaseId");
    Objects.requireNonNull(ttl, "ttl");
    Objects.requireNonNull(registration, "registration");
  }

  /**
   * Returns where the service is reached.
   *
   * @return the url
   */
  public String url() {
    return registration.url();
  }

  /**
   * Returns what the service says of itself.
   *
   * @return the info, deeply immutable
   */
  public Map<String, Object> info() {
    return registration.info();
  }
}
