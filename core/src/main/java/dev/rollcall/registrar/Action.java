package dev.rollcall.registrar;

/** What a registration does at a time. */
enum Action {
  NOTHING,
  /** Ask the service whether it is ready. */
  CHECK,
  REGISTER,
  PING
}
