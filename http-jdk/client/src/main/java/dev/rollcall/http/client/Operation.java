package dev.rollcall.http.client;

import java.util.Locale;

/** What a registry can be asked to do. */
enum Operation {
  REGISTER,
  PING,
  DEREGISTER,
  FIND,
  LIST;

  /** Says whether another registration of the id can stand in its way. */
  boolean isFenced() {
    return this == PING || this == DEREGISTER;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
