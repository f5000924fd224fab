package dev.rollcall.examples.robustness;

/**
 * A fault that was made, and when: in nanoseconds since the history began.
 *
 * @param name what was done
 * @param loss what may be undone by it
 * @param start before it was made
 * @param end after the fault was over
 */
record Fault(String name, Loss loss, long start, long end) {

  /** Returns whether a part of it was within a time. */
  boolean isWithin(long from, long to) {
    return start <= to && end >= from;
  }

  @Override
  public String toString() {
    return Operation.millis(start) + " to " + Operation.millis(end) + " ms  fault: " + name;
  }
}
