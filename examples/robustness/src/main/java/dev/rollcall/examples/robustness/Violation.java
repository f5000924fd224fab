package dev.rollcall.examples.robustness;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A rule that a history breaks.
 *
 * @param rule the rule, as a sentence
 * @param id whose history breaks it; "" if no single id's does
 * @param operations the few that show it, in the order of their starts
 */
record Violation(String rule, String id, List<Operation> operations) {
  Violation {
    operations =
        operations.stream()
            .distinct()
            .sorted(Comparator.comparingLong(Operation::start))
            .collect(Collectors.toUnmodifiableList());
  }

  static Violation of(String rule, String id, Operation... operations) {
    return new Violation(rule, id, List.of(operations));
  }

  @Override
  public String toString() {
    return Stream.concat(
            Stream.of("VIOLATION: " + rule + (id.isEmpty() ? "" : " [" + id + "]")),
            operations.stream().map(operation -> "    " + operation))
        .collect(Collectors.joining("\n"));
  }
}
