package dev.rollcall.examples.robustness;

import java.util.ArrayList;
import java.util.List;

/**
 * No service is gone before the end of its lease, except by a deregistration that may have taken
 * effect, or by a loss that a fault explains. An outage that is answered as "not there" breaks it
 * too.
 */
final class KeptThroughLease implements Rule {
  @Override
  public List<Violation> check(IdHistory history) {
    List<Observation> beginnings = new ArrayList<>();
    for (Observation seen : history.observations()) {
      boolean begins =
          seen.operation().kind() == OperationKind.REGISTER
              || seen.operation().kind() == OperationKind.PING;
      if (seen.alive() && begins && seen.operation().outcome() == Outcome.OK) {
        beginnings.add(seen);
      }
    }
    for (Observation gone : history.observations()) {
      if (!gone.alive()) {
        for (Observation began : beginnings) {
          if (mustBeAlive(history, began, gone)) {
            return List.of(
                Violation.of(
                    "gone before the end of its lease",
                    history.id(),
                    began.operation(),
                    gone.operation()));
          }
        }
      }
    }
    return List.of();
  }

  private static boolean mustBeAlive(IdHistory history, Observation began, Observation gone) {
    Operation operation = began.operation();
    return began.end() < gone.start()
        && operation.start() + operation.ttl().toNanos() - SLACK_NANOS > gone.end()
        && history.earliestLeaseEnd(operation, gone.end()) - SLACK_NANOS > gone.end()
        && !history.isEndPossible(operation, gone.end(), began.token(), "");
  }
}
