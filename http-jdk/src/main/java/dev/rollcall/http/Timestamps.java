package dev.rollcall.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** Times of the protocol: RFC 3339, in UTC, with milliseconds. */
public final class Timestamps {
  private static final DateTimeFormatter MILLIS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private Timestamps() {}

  /** Writes a time as {@code 2026-11-23T18:01:32.977Z}. */
  public static String format(Instant time) {
    return MILLIS.format(time);
  }

  /**
   * Reads a time with {@code Z} or an offset, and with up to 9 fraction digits or none.
   *
   * @throws DateTimeException if the text is no time
   */
  public static Instant parse(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }
}
