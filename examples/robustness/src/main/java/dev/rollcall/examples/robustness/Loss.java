package dev.rollcall.examples.robustness;

/** What a fault may undo of what was answered before. */
enum Loss {
  NONE,
  /** Every service may be gone. */
  EVERYTHING,
  /** What was written while the fault lasted may be undone; what is older stays. */
  LAST_WRITES
}
