package dev.rollcall.examples.robustness;

import java.util.List;

/**
 * No service is alive past the end of its lease: what is seen alive was registered or pinged, or
 * may have been, at most its ttl before.
 */
final class AliveWithinLease implements Rule {
  @Override
  public List<Violation> check(IdHistory history) {
    for (Observation seen : history.observations()) {
      if (seen.alive() && latestLeaseEnd(history, seen) + SLACK_NANOS < seen.start()) {
        return List.of(
            Violation.of("alive past the end of its lease", history.id(), history(history, seen)));
      }
    }
    return List.of();
  }

  private static long latestLeaseEnd(IdHistory history, Observation seen) {
    long latest = Long.MIN_VALUE;
    for (Operation registration : history.registrations().values()) {
      if (seen.token().isEmpty() || seen.token().equals(registration.token())) {
        latest = Math.max(latest, latestLeaseEnd(history, registration, seen));
      }
    }
    return latest;
  }

  private static long latestLeaseEnd(IdHistory history, Operation registration, Observation seen) {
    if (registration.start() > seen.end()) {
      return Long.MIN_VALUE;
    }
    long latest = Math.min(history.effectEndOf(registration), seen.end());
    for (Operation ping : history.pings()) {
      if (ping != seen.operation()
          && ping.start() <= seen.end()
          && mayRenew(history, ping, registration)) {
        latest = Math.max(latest, Math.min(history.effectEndOf(ping), seen.end()));
      }
    }
    return latest + registration.ttl().toNanos();
  }

  private static boolean mayRenew(IdHistory history, Operation ping, Operation registration) {
    return ping.lease().isEmpty() || history.tokenOfLease(ping).equals(registration.token());
  }

  /** Returns the last that may have kept it alive, and what was seen. */
  private static Operation[] history(IdHistory history, Observation seen) {
    Operation last = seen.operation();
    long latest = Long.MIN_VALUE;
    for (Operation registration : history.registrations().values()) {
      boolean isOfIt = seen.token().isEmpty() || seen.token().equals(registration.token());
      if (isOfIt && registration.start() <= seen.end() && registration.end() > latest) {
        latest = registration.end();
        last = registration;
      }
    }
    Operation renewed = last;
    for (Operation ping : history.pings()) {
      if (ping != seen.operation()
          && ping.start() <= seen.end()
          && ping.end() > latest
          && mayRenew(history, ping, last)) {
        latest = ping.end();
        renewed = ping;
      }
    }
    return new Operation[] {last, renewed, seen.operation()};
  }
}
