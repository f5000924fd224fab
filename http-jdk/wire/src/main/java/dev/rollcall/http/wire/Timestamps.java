package dev.rollcall.http.wire;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** Times of the protocol: RFC 3339, in UTC, with milliseconds. */
public final class Timestamps {
  private static final DateTimeFormatter MILLIS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private static final byte[] TEMPLATE =
      "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.ISO_8859_1);

  private static final long FIRST_SECOND = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
  private static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
  private static final int NANOS_PER_MILLI = 1_000_000;

  private Timestamps() {}

  /**
   * Writes a time as {@code 2026-11-23T18:01:32.977Z}.
   *
   * <p>By hand for the years that have four digits: each ping is answered with two times, and a
   * formatter takes longer over them than all else of ours does over the ping.
   *
   * @param time any time
   * @return the text
   */
  public static String format(Instant time) {
    long second = time.getEpochSecond();
    if (second < FIRST_SECOND || second > LAST_SECOND) {
      return MILLIS.format(time);
    }
    LocalDateTime local = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
    byte[] text = TEMPLATE.clone();
    putDigits(text, 4, local.getYear());
    putDigits(text, 7, local.getMonthValue());
    putDigits(text, 10, local.getDayOfMonth());
    putDigits(text, 13, local.getHour());
    putDigits(text, 16, local.getMinute());
    putDigits(text, 19, local.getSecond());
    putDigits(text, 23, time.getNano() / NANOS_PER_MILLI);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** Writes a number over the zeros that end before a position. */
  private static void putDigits(byte[] text, int end, int number) {
    int position = end;
    for (int rest = number; rest > 0; rest /= 10) {
      text[--position] = (byte) ('0' + rest % 10);
    }
  }

  /**
   * Reads a time with {@code Z} or an offset, and with up to 9 fraction digits or none.
   *
   * <p>By hand in the form that {@link #format} writes: a client reads two with each ping.
   *
   * @param text from outside
   * @return the time
   * @throws DateTimeException if the text is not a time
   */
  public static Instant parse(String text) {
    if (!hasOurForm(text)) {
      return OffsetDateTime.parse(text).toInstant();
    }
    return LocalDateTime.of(
            digits(text, 0, 4),
            digits(text, 5, 7),
            digits(text, 8, 10),
            digits(text, 11, 13),
            digits(text, 14, 16),
            digits(text, 17, 19),
            digits(text, 20, 23) * NANOS_PER_MILLI)
        .toInstant(ZoneOffset.UTC);
  }

  private static boolean hasOurForm(String text) {
    boolean hasIt = text.length() == TEMPLATE.length;
    for (int i = 0; hasIt && i < TEMPLATE.length; i++) {
      char c = text.charAt(i);
      hasIt = TEMPLATE[i] == '0' ? c >= '0' && c <= '9' : c == TEMPLATE[i];
    }
    return hasIt;
  }

  private static int digits(String text, int start, int end) {
    int number = 0;
    for (int i = start; i < end; i++) {
      number = 10 * number + text.charAt(i) - '0';
    }
    return number;
  }
}
