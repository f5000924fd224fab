package dev.rollcall;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A ULID: 48 bits of Unix time in milliseconds, then 80 random bits, written as 26 characters of
 * Crockford's base 32, which sort as the values do.
 *
 * <p>Immutable.
 *
 * @param high the time and the 16 upper random bits
 * @param low the 64 lower random bits
 * @see <a href="https://github.com/ulid/spec">the specification</a>
 * @see UlidGenerator
 */
public record Ulid(long high, long low) implements Comparable<Ulid> {
  private static final int LENGTH = 26;
  private static final int RANDOM_BITS_IN_HIGH = 16;
  private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
  private static final byte[] VALUES = new byte[128];

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (byte value = 0; value < DIGITS.length; value++) {
      VALUES[DIGITS[value]] = value;
    }
  }

  /**
   * Returns whether another object is the same ULID. Written out: the method that JDK 17 generates
   * for a record keeps the class loader of the record alive for ever, once it was called.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ulid ulid && high == ulid.high && low == ulid.low;
  }

  @Override
  public int hashCode() {
    return Objects.hash(high, low);
  }

  /**
   * Reads the canonical form.
   *
   * <p>Strict: upper case only and none of Crockford's look-alikes, so that two texts are the same
   * ULID only if they are equal.
   *
   * @param text any text
   * @return the ULID, or empty if the text is not one
   */
  public static Optional<Ulid> parse(String text) {
    // The first character holds the top 3 bits of 128, so it is at most 7.
    if (text.length() != LENGTH || text.charAt(0) > '7') {
      return Optional.empty();
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      int value = c < VALUES.length ? VALUES[c] : -1;
      if (value < 0) {
        return Optional.empty();
      }
      high = (high << 5) | (low >>> 59);
      low = (low << 5) | value;
    }
    return Optional.of(new Ulid(high, low));
  }

  /**
   * Returns the time at which it was generated.
   *
   * @return the time, in milliseconds
   */
  public Instant time() {
    return Instant.ofEpochMilli(high >>> RANDOM_BITS_IN_HIGH);
  }

  @Override
  public int compareTo(Ulid other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  /**
   * Returns the canonical form.
   *
   * @return 26 characters
   */
  @Override
  public String toString() {
    char[] text = new char[LENGTH];
    long restHigh = high;
    long restLow = low;
    for (int i = LENGTH - 1; i >= 0; i--) {
      text[i] = DIGITS[(int) (restLow & 31)];
      restLow = (restLow >>> 5) | (restHigh << 59);
      restHigh >>>= 5;
    }
    return new String(text);
  }
}
