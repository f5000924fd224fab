package dev.rollcall.examples.robustness;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Holds a history against the model of leases. */
final class Checker {
  private static final List<Rule> RULES =
      List.of(
          new AliveWithinLease(),
          new KeptThroughLease(),
          new NoRevival(),
          new OneWinner(),
          new FencedByLease(),
          new RegisteredAtIsKept());

  private Checker() {}

  /** Returns where a history breaks a rule; for each id one violation a rule at most. */
  static List<Violation> check(List<Operation> operations, List<Fault> faults) {
    List<Operation> inOrder =
        operations.stream().sorted(Comparator.comparingLong(Operation::start)).toList();
    List<Violation> found = new ArrayList<>(new AnswersMatch(inOrder).check());
    TreeMap<String, List<Operation>> byId = new TreeMap<>();
    for (Operation operation : inOrder) {
      if (operation.kind() != OperationKind.LIST) {
        byId.computeIfAbsent(operation.id(), id -> new ArrayList<>());
      }
    }
    for (Operation operation : inOrder) {
      if (operation.kind() == OperationKind.LIST) {
        byId.values().forEach(list -> list.add(operation));
      } else {
        byId.get(operation.id()).add(operation);
      }
    }
    byId.forEach(
        (id, list) -> {
          IdHistory history = new IdHistory(id, list, faults);
          RULES.forEach(rule -> found.addAll(rule.check(history)));
        });
    return found;
  }
}
