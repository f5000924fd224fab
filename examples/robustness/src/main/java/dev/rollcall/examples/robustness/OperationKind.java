package dev.rollcall.examples.robustness;

/** What an operation asks for. */
enum OperationKind {
  REGISTER,
  PING,
  DEREGISTER,
  FIND,
  LIST
}
