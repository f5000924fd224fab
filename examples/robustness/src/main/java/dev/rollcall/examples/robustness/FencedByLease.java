package dev.rollcall.examples.robustness;

import java.util.List;

/**
 * A lease acts on its own registration alone, and a made-up lease acts on nothing. A lease is
 * refused as superseded only if another registration may hold the id.
 */
final class FencedByLease implements Rule {
  @Override
  public List<Violation> check(IdHistory history) {
    for (Observation seen : history.observations()) {
      Operation operation = seen.operation();
      if (operation.lease().isEmpty()) {
        continue;
      }
      String token = history.tokenOfLease(operation);
      if (operation.outcome() == Outcome.OK && token.isEmpty()) {
        return found("success by a lease that nobody was given", history, operation);
      }
      if (seen.shown().isPresent() && !seen.token().equals(token)) {
        return found("a deregistration removed another lease's service", history, operation);
      }
      if (operation.outcome() == Outcome.SUPERSEDED && !isOtherPossible(history, seen, token)) {
        return found("refused as superseded, but nobody superseded it", history, operation);
      }
    }
    return List.of();
  }

  private static boolean isOtherPossible(IdHistory history, Observation seen, String token) {
    Operation own = history.registrations().get(token);
    if (own != null && (history.mayBeUndone(own) || history.mayBeTwofold(token))) {
      return true; // one before it may hold the id again, or it holds it by its other lease
    }
    long since = own == null ? Long.MIN_VALUE : own.start();
    return history.registrations().values().stream()
        .anyMatch(
            other ->
                !other.token().equals(token)
                    && history.mayTakeEffectWithin(other, since, seen.end()));
  }

  private static List<Violation> found(String rule, IdHistory history, Operation operation) {
    Operation given =
        history.registrations().getOrDefault(history.tokenOfLease(operation), operation);
    return List.of(Violation.of(rule, history.id(), given, operation));
  }
}
