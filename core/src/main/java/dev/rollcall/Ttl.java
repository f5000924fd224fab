package dev.rollcall;

import java.time.Duration;

/** The rule for ttls. */
final class Ttl {
  private static final int NANOS_PER_MILLI = 1_000_000;

  private Ttl() {}

  /**
   * Returns the ttl to go by where a registry answers with one that nobody may ask for: the nearest
   * that one may.
   */
  static Duration bounded(Duration ttl) {
    if (ttl.compareTo(Registration.MIN_TTL) < 0) {
      return Registration.MIN_TTL;
    }
    return ttl.compareTo(Registration.MAX_TTL) > 0 ? Registration.MAX_TTL : ttl;
  }

  /**
   * Returns the ttl if it is one.
   *
   * @throws IllegalArgumentException if it is not, saying why
   */
  static Duration check(Duration ttl) {
    if (ttl.compareTo(Registration.MIN_TTL) < 0 || ttl.compareTo(Registration.MAX_TTL) > 0) {
      throw new IllegalArgumentException(
          "a ttl is "
              + Registration.MIN_TTL.toSeconds()
              + " to "
              + Registration.MAX_TTL.toSeconds()
              + " seconds; this one is "
              + ttl);
    }
    if (ttl.toNanosPart() % NANOS_PER_MILLI != 0) {
      throw new IllegalArgumentException("a ttl is in whole milliseconds; this one is " + ttl);
    }
    return ttl;
  }
}
