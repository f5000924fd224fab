package dev.rollcall.http.client.protocol;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.ServiceId;
import dev.rollcall.http.client.json.ResponseFields;
import dev.rollcall.http.client.log.ConditionLog;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import okhttp3.HttpUrl;

/** Reads the answers to registrations and pings, and fills in what a registry may leave out. */
public final class LeaseReader {
  /** Far more than any registry's. The lease id is sent with each ping. */
  private static final int MAX_LEASE_ID_LENGTH = 256;

  private static final int MAX_URL_LENGTH = 4_096;

  private final Endpoints endpoints;
  private final ConditionLog foreignPingUrls = new ConditionLog();

  public LeaseReader(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  /**
   * Reads the answer to a registration.
   *
   * @param sent when it was sent: the lease does not end before this time plus the ttl
   * @return the lease; empty if the answer does not confirm a registration
   */
  Optional<Lease> registered(Registration registration, Instant sent, ResponseFields answer) {
    Optional<String> leaseId = answer.text("lease_id");
    if (!answer.says("registered")
        || leaseId.filter(id -> id.length() > MAX_LEASE_ID_LENGTH).isPresent()) {
      return Optional.empty();
    }
    Duration ttl =
        answer.seconds("ttl_seconds").or(registration::ttl).orElse(ResponseFields.DEFAULT_TTL);
    return answer
        .text("id") // may differ from the one that was asked for
        .filter(ServiceId::isValid)
        .map(id -> Lease.of(id, ttl, sent.plus(ttl)))
        .map(lease -> leaseId.map(lease::withLeaseId).orElse(lease));
  }

  /**
   * Reads the answer to a ping.
   *
   * @param knownTtl the ttl to assume if the answer does not tell
   * @param sent when the ping was sent
   * @return the lease; empty if the answer does not confirm a renewal
   */
  Optional<Lease> renewed(
      String id, Fence fence, Duration knownTtl, Instant sent, ResponseFields answer) {
    return answer.says("alive") && answer.isOf(id)
        ? Optional.of(leaseOf(id, fence, knownTtl, sent, answer))
        : Optional.empty();
  }

  /** Reads the lease in the outcome of a ping that renewed it; the arguments are the same. */
  Lease leaseOf(String id, Fence fence, Duration knownTtl, Instant sent, ResponseFields answer) {
    Optional<Instant> end = answer.time("expires_at");
    Duration ttl =
        answer
            .time("last_ping_at")
            .flatMap(start -> end.map(e -> Duration.between(start, e)))
            .filter(ResponseFields::isPossible)
            .orElse(knownTtl);
    Lease lease = Lease.of(id, ttl, end.orElse(sent.plus(ttl)));
    return fence.leaseId().map(lease::withLeaseId).orElse(lease);
  }

  /**
   * Returns where the service is to be pinged, without a lease id; empty for the usual URL, and if
   * the service key must not be sent there.
   *
   * @param asked where the answer came from
   */
  public Optional<HttpUrl> pingUrl(String id, HttpUrl asked, ResponseFields answer) {
    Optional<HttpUrl> url =
        answer
            .text("ping_url")
            .filter(text -> text.length() <= MAX_URL_LENGTH)
            .map(asked::resolve)
            .map(given -> Endpoints.fenced(given, Fence.none()));
    Optional<HttpUrl> ownUrl = url.flatMap(endpoints::atFirst);
    if (url.isPresent() && ownUrl.isEmpty()) {
      foreignPingUrls.holds(
          () ->
              "The registry at "
                  + endpoints
                  + " wants its pings sent to "
                  + url.get().host()
                  + ":"
                  + url.get().port()
                  + "; they are sent to the registry itself");
      return Optional.empty();
    }
    foreignPingUrls.ended(() -> "The registry at " + endpoints + " takes its pings itself");
    return ownUrl.filter(given -> !given.equals(endpoints.ping(id)));
  }
}
