package dev.rollcall.http.client.protocol;

import java.util.Locale;

/** What a registry can be asked to do. */
public enum Operation {
  REGISTER,
  UPDATE,
  PING,
  DEREGISTER,
  FIND,
  LIST,
  WATCH,
  HISTORY,
  EVENTS;

  /** Returns whether another registration that holds the id can prevent it. */
  boolean isFenced() {
    return this == UPDATE || this == PING || this == DEREGISTER;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
