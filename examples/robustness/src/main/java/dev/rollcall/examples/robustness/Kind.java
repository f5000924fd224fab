package dev.rollcall.examples.robustness;

/** What an operation asks for. */
enum Kind {
  REGISTER,
  PING,
  DEREGISTER,
  FIND,
  LIST
}
