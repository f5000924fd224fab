package dev.rollcall.store.valkey;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** Reads the times of stored services. */
final class StoredTime {
  /** As the scripts write it, and Python. */
  private static final String FORM = "0000-00-00T00:00:00.000000+00:00";

  /** As others may write it. What is not in this form is no time for the scripts, too. */
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)",
          Pattern.CASE_INSENSITIVE);

  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

  private StoredTime() {}

  /**
   * Reads a time of RFC 3339, to the millisecond.
   *
   * @throws DateTimeException if the text is not such a time
   */
  static Instant parse(String text) {
    if (!isInForm(text)) {
      if (!RFC_3339.matcher(text).matches()) {
        throw new DateTimeException("no time of RFC 3339: " + text);
      }
      return inRfc3339(OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS));
    }
    // A list reads two times a service; the formatter would take half of its time.
    long day =
        LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay();
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    if (hour > 23 || minute > 59 || second > 59) {
      throw new DateTimeException("no time: " + text);
    }
    long seconds = ((day * 24 + hour) * 60 + minute) * 60 + second;
    return Instant.ofEpochMilli(seconds * 1_000 + number(text, 20, 23));
  }

  /**
   * Returns the time that a key's expiry is.
   *
   * @throws DateTimeException if RFC 3339 cannot express it
   */
  static Instant of(long millis) {
    return inRfc3339(Instant.ofEpochMilli(millis));
  }

  /** Years have four digits there: whoever reads a longer one may fail at all that it reads. */
  private static Instant inRfc3339(Instant time) {
    if (time.isBefore(FIRST) || time.isAfter(LAST)) {
      throw new DateTimeException("no time of RFC 3339: " + time);
    }
    return time;
  }

  private static boolean isInForm(String text) {
    if (text.length() != FORM.length()) {
      return false;
    }
    for (int i = 0; i < FORM.length(); i++) {
      char form = FORM.charAt(i);
      char c = text.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      // The offset stands as it is, digits and all.
      boolean variable = form == '0' && i < 26;
      if (variable ? !digit : c != form) {
        return false;
      }
    }
    return true;
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }
}
