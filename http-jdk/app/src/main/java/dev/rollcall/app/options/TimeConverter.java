package dev.rollcall.app.options;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a time as people write it, {@code 30s}, {@code 1500ms}, {@code 2m}, {@code 1h}, or as ISO
 * 8601 has it: {@code PT30S}.
 */
public final class TimeConverter implements ITypeConverter<Duration> {
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  /** The longest that the short form can say. */
  private static final Duration LONGEST = Duration.ofHours(999_999_999);

  @Override
  public Duration convert(String text) {
    if (text.startsWith("P")) {
      return iso(text);
    }
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw notTime(text);
    }
    long amount = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  /**
   * Checks that a time is not too long.
   *
   * @throws IllegalArgumentException if it is; the message has the bound and the time
   */
  public static Duration atMost(int hours, Duration time) {
    if (time.compareTo(Duration.ofHours(hours)) > 0) {
      throw new IllegalArgumentException("it is " + hours + "h at most, not " + time);
    }
    return time;
  }

  private static Duration iso(String text) {
    try {
      Duration time = Duration.parse(text);
      if (!time.isNegative() && time.compareTo(LONGEST) <= 0) {
        return time;
      }
    } catch (DateTimeParseException e) {
      // What it should be is all that there is to say.
    }
    throw notTime(text);
  }

  private static TypeConversionException notTime(String text) {
    return new TypeConversionException(
        "'" + text + "' is no time; write it as 30s, 1500ms, 2m, 1h or PT30S");
  }
}
