package dev.rollcall.examples.robustness;

/** What is wrong with a {@link DefectiveStore}. */
enum Defect {
  NONE,
  /** A ping reads, and then writes what it read. */
  PING_READS_THEN_WRITES,
  /** A registration reads since when the id is alive, and then writes. */
  REGISTRATION_READS_THEN_WRITES,
  /** A removal reads, and then deletes. */
  REMOVAL_READS_THEN_DELETES,
  /** Any lease does for a ping. */
  PING_UNFENCED,
  /** Any lease does for a deregistration. */
  REMOVAL_UNFENCED,
  /** Who has expired is still seen for a while. */
  EXPIRES_LATE,
  /** A registration drops another service now and then, to make room. */
  EVICTS,
  /** An outage is answered with "nothing there". */
  OUTAGE_IS_EMPTY,
  /** A ping keeps the lease as it is. */
  PING_RENEWS_NOTHING
}
