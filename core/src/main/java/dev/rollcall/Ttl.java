package dev.rollcall;

import java.time.Duration;

/**
 * The rule for ttls, how long a lease lasts from a registration or a ping: {@link #MIN} to {@link
 * #MAX}, in whole milliseconds.
 */
public final class Ttl {
  /** The shortest ttl: 1 second. */
  public static final Duration MIN = Duration.ofSeconds(1);

  /** The longest ttl: 86,400 seconds, a day. */
  public static final Duration MAX = Duration.ofSeconds(86_400);

  private static final int NANOS_PER_MILLI = 1_000_000;

  private Ttl() {}

  /**
   * Returns the ttl to assume where a registry answers with one that is out of bounds: the nearest
   * bound.
   *
   * @param ttl any time
   * @return the ttl, {@link #MIN} or {@link #MAX}
   */
  public static Duration bounded(Duration ttl) {
    if (ttl.compareTo(MIN) < 0) {
      return MIN;
    }
    return ttl.compareTo(MAX) > 0 ? MAX : ttl;
  }

  /**
   * Checks a ttl.
   *
   * @param ttl any time
   * @return the ttl, if it is valid
   * @throws IllegalArgumentException if it is out of bounds or not in whole milliseconds
   */
  public static Duration check(Duration ttl) {
    if (ttl.compareTo(MIN) < 0 || ttl.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          "a ttl is " + boundsInSeconds() + " seconds; this one is " + ttl);
    }
    if (ttl.toNanosPart() % NANOS_PER_MILLI != 0) {
      throw new IllegalArgumentException("a ttl is in whole milliseconds; this one is " + ttl);
    }
    return ttl;
  }

  private static String boundsInSeconds() {
    return MIN.toSeconds() + " to " + MAX.toSeconds();
  }
}
