package dev.rollcall.examples.robustness;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Of several deregistrations of one registration, at once or not, exactly one gets it. */
final class OneWinner implements Rule {
  @Override
  public List<Violation> check(IdHistory history) {
    Map<String, Operation> winners = new HashMap<>();
    for (Observation seen : history.observations()) {
      boolean wins = seen.alive() && seen.operation().is(OperationKind.DEREGISTER, Outcome.OK);
      if (wins
          && !history.mayBeUndone(seen.operation())
          && !history.mayRepeatAfter(seen.token(), seen.start())) {
        Operation other = winners.putIfAbsent(seen.token(), seen.operation());
        if (other != null) {
          return List.of(Violation.of("deregistered twice", history.id(), other, seen.operation()));
        }
      }
    }
    return List.of();
  }
}
