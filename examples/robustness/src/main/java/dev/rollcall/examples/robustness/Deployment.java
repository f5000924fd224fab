package dev.rollcall.examples.robustness;

import java.util.List;

/** The servers under test, and what can be done to them. */
interface Deployment extends AutoCloseable {

  /** Returns the ports of the loopback address at which clients reach the servers. */
  List<Integer> ports();

  /** Returns the faults that can be made, one at a time. */
  List<FaultKind> faults();

  /** Returns which process ended unasked, with the end of its log; empty if none did. */
  List<String> endedUnasked();

  @Override
  void close();
}
