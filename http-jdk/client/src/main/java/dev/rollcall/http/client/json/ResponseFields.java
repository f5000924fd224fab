package dev.rollcall.http.client.json;

import dev.rollcall.http.wire.Timestamps;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The fields of an answer's object. A field of the wrong type or form counts as missing. */
public record ResponseFields(Map<?, ?> object) {
  /** The ttl to assume where the registry does not tell one: the protocol's default. */
  public static final Duration DEFAULT_TTL = Duration.ofSeconds(30);

  private static final double MILLIS = 1_000;

  private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");

  private static final Duration SHORTEST = Duration.ofMillis(1);

  /** Keeps sums of times in their range. */
  private static final Duration TEN_YEARS = Duration.ofDays(3_650);

  /** Returns a text that is not empty. */
  public Optional<String> text(String name) {
    return text(object.get(name));
  }

  public static Optional<String> text(@Nullable Object value) {
    return value instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
  }

  /** Returns a time whose year has four digits, as in RFC 3339. */
  public Optional<Instant> time(String name) {
    return time(object.get(name));
  }

  public static Optional<Instant> time(@Nullable Object value) {
    if (!(value instanceof String text)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Timestamps.parse(text))
          .filter(time -> time.isAfter(Instant.EPOCH) && time.isBefore(YEAR_10000));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Returns a duration of 1 ms to ten years. A shorter one that is positive counts as 1 ms. */
  public Optional<Duration> seconds(String name) {
    return seconds(object.get(name));
  }

  public static Optional<Duration> seconds(@Nullable Object value) {
    double seconds = value instanceof Number number ? number.doubleValue() : 0;
    return seconds > 0 && seconds <= TEN_YEARS.toSeconds()
        ? Optional.of(Duration.ofMillis(Math.max(1, Math.round(seconds * MILLIS))))
        : Optional.empty();
  }

  /** Returns a whole number of 1 or more. */
  OptionalLong count(String name) {
    // Both types are those of the JSON reader; a larger number is no count.
    return object.get(name) instanceof Number number
            && (number instanceof Integer || number instanceof Long)
            && number.longValue() > 0
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  /** Returns whether a lease can last this long. */
  public static boolean isPossible(Duration ttl) {
    return ttl.compareTo(SHORTEST) >= 0 && ttl.compareTo(TEN_YEARS) <= 0;
  }

  /** Returns whether the status is this one. */
  public boolean says(String status) {
    return status.equals(object.get("status"));
  }

  /** Returns whether this is about the service with this id. */
  public boolean isOf(String id) {
    return id.equals(object.get("id"));
  }
}
