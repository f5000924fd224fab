package dev.rollcall.examples.springcloud;

import dev.rollcall.discovery.Discovery;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarState;
import java.time.Instant;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Says whether the application is registered and whether what it knows of others is fresh. Never
 * {@code DOWN}: the application serves, and calls whom it knows, without its registry, and an
 * outage of that must not take all applications out of service. {@code UNKNOWN} leaves the
 * application's own health as it is.
 */
final class RollcallHealth implements HealthIndicator {
  private final ServiceRegistration registration;
  private final Discovery discovery;

  RollcallHealth(ServiceRegistration registration, Discovery discovery) {
    this.registration = registration;
    this.discovery = discovery;
  }

  @Override
  public Health health() {
    Optional<Registrar> registrar = registration.registrar();
    Optional<Instant> staleSince = discovery.staleSince();
    boolean isRegistered =
        registrar.map(Registrar::state).filter(RegistrarState.REGISTERED::equals).isPresent();
    boolean isWell = staleSince.isEmpty() && (isRegistered || !registration.isWanted());
    Health.Builder health = isWell ? Health.up() : Health.unknown();
    registrar.ifPresent(
        each -> health.withDetail("id", each.id()).withDetail("registrar", each.state()));
    staleSince.ifPresent(since -> health.withDetail("stale_since", since));
    return health.build();
  }
}
