package dev.rollcall.examples.robustness;

/** What a client learned of its operation. */
enum Outcome {
  /** It succeeded. */
  OK,
  /** No live service has the id. */
  NOT_FOUND,
  /** Another registration holds the id. */
  SUPERSEDED,
  /** It never reached a server. */
  NOT_SENT,
  /** It failed, and may have taken effect, or may do so yet. */
  UNKNOWN,
  /** It was answered with something that the protocol does not have; it may have taken effect. */
  WRONG
}
