package dev.rollcall.app.options;

/** A value that somebody has set, and where. */
record Setting(String value, Origin origin) {
  /** Returns nothing of the value, which may be a secret. */
  @Override
  public String toString() {
    return "Setting from " + origin.label();
  }
}
