package dev.rollcall.examples.robustness;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.List;

/**
 * Until when an operation may take effect.
 *
 * <p>One that was answered has taken effect by then, except for a ping, which the store makes twice
 * where a connection breaks, and for what a client sends twice: the first may be carried out after
 * the second. One that failed may wait in a socket of a server or a store whose time stands still,
 * or in a connection that is held up: until that fault is over, and then for as long as the server
 * waits for its store, which here is a second. After that it may meet the next fault. What remains
 * is the scheduling of a busy machine, for which there is a generous allowance.
 */
final class LateEffects {
  /** How long after the end of a fault the next fault may still catch what the first held up. */
  private static final long UNDER_WAY = SECONDS.toNanos(2);

  /** How long a process of a busy machine may take for what it was asked to do. */
  private static final long ALLOWANCE = SECONDS.toNanos(6);

  private final List<Fault> faults;

  LateEffects(List<Fault> faults) {
    this.faults = faults;
  }

  /** Returns the latest time at which it may have taken effect. */
  long endOf(Operation operation) {
    boolean isSettled =
        !operation.isUnknown()
            && ((operation.kind() != OperationKind.PING && !operation.isRepeatable())
                || faults.stream().noneMatch(f -> f.isWithin(operation.start(), operation.end())));
    if (isSettled) {
      return operation.end();
    }
    long end = operation.end();
    boolean isLater = true;
    while (isLater) {
      isLater = false;
      for (Fault fault : faults) {
        if (fault.end() > end && fault.isWithin(operation.start(), end + UNDER_WAY)) {
          end = fault.end();
          isLater = true;
        }
      }
    }
    return end + ALLOWANCE;
  }
}
