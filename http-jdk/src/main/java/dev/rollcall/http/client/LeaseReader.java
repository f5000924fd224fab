package dev.rollcall.http.client;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.spi.Fence;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.HttpUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the answers to registrations and pings, and fills in what a registry may leave out. */
final class LeaseReader {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  private final Endpoints endpoints;
  private final AtomicBoolean warned = new AtomicBoolean();

  LeaseReader(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  /**
   * Reads the answer to a registration.
   *
   * @param sent when it was sent: the lease ends no sooner than this time and the ttl
   */
  Lease registered(Attempt attempt, Registration registration, Instant sent, Fields answer) {
    String id =
        registration
            .id()
            .filter(asked -> answer.text("id").map(asked::equals).orElse(true))
            .or(() -> answer.text("id"))
            .orElseThrow(() -> unusable(attempt, "the registry assigned no id"));
    if (!Registration.isServiceId(id)) {
      throw unusable(attempt, "the registry assigned an id that none can be");
    }
    Duration ttl =
        answer.seconds("ttl_seconds").or(registration::ttl).orElse(HttpServiceRegistry.DEFAULT_TTL);
    Lease lease = Lease.of(id, ttl, sent.plus(ttl));
    return answer.text("lease_id").map(lease::withLeaseId).orElse(lease);
  }

  private static RegistryUnavailableException unusable(Attempt attempt, String why) {
    return new RegistryUnavailableException(attempt + ": " + why);
  }

  /**
   * Reads the answer to a ping.
   *
   * @param knownTtl the ttl as far as it is known
   * @param sent when the ping was sent
   */
  Lease renewed(String id, Fence fence, Duration knownTtl, Instant sent, Fields answer) {
    Optional<Instant> end = answer.time("expires_at");
    Duration ttl =
        answer
            .time("last_ping_at")
            .flatMap(start -> end.filter(start::isBefore).map(e -> Duration.between(start, e)))
            .orElse(knownTtl);
    Lease lease = Lease.of(id, ttl, end.orElse(sent.plus(ttl)));
    return fence.leaseId().map(lease::withLeaseId).orElse(lease);
  }

  /**
   * Returns where a service wants to be pinged, without a lease; empty if that is where every
   * service is, or where its key must not go.
   */
  Optional<HttpUrl> pingUrl(String id, Fields answer) {
    Optional<HttpUrl> url =
        answer
            .text("ping_url")
            .map(endpoints.register()::resolve)
            .map(given -> Endpoints.fenced(given, Fence.none()));
    if (url.isPresent() && !endpoints.isSameOrigin(url.get())) {
      if (warned.compareAndSet(false, true)) {
        LOG.warn(
            "The registry at {} wants its pings sent to {}:{}; they are sent to the registry itself",
            endpoints,
            url.get().host(),
            url.get().port());
      }
      return Optional.empty();
    }
    return url.filter(given -> !given.equals(endpoints.ping(id)));
  }
}
