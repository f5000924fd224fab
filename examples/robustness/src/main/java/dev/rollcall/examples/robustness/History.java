package dev.rollcall.examples.robustness;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** All operations and faults of a round. Safe for use by any number of threads. */
final class History {
  private final long origin = System.nanoTime();
  private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

  /** Returns the nanoseconds since it began. */
  long now() {
    return System.nanoTime() - origin;
  }

  void add(Operation operation) {
    operations.add(operation);
  }

  void add(Fault fault) {
    faults.add(fault);
  }

  List<Operation> operations() {
    return new ArrayList<>(operations);
  }

  List<Fault> faults() {
    return new ArrayList<>(faults);
  }
}
