package dev.rollcall.examples.robustness;

import java.util.List;

/**
 * What the history of each id must keep to. A rule says of a history only that it is wrong where no
 * order of the operations, and no outcome of those whose outcome is unknown, would make it right.
 */
@FunctionalInterface
interface Rule {
  /** How far apart two clocks of a machine, and a time and its milliseconds, may be. */
  long SLACK_NANOS = 25_000_000;

  /** Returns where the history of an id breaks it, one of each kind at most. */
  List<Violation> check(IdHistory history);
}
