package dev.rollcall.http.client.protocol;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.Response;

/** How long a server asks to be left alone (RFC 9110, section 10.2.3). */
public final class RetryAfter {
  public static final String HEADER = "Retry-After";

  private static final Pattern SECONDS = Pattern.compile("\\d+");

  /** More digits may not fit into a number, and are more than the longest wait anyway. */
  private static final int MAX_DIGITS = 9;

  /** A registry that asks for a longer wait is asked again after this time. */
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private RetryAfter() {}

  /** Returns the wait that an answer asks for, from zero to an hour; empty if it asks for none. */
  public static Optional<Duration> of(Response response, InstantSource wallClock) {
    String seconds = response.header(HEADER, "").trim();
    if (SECONDS.matcher(seconds).matches()) {
      return Optional.of(
          seconds.length() > MAX_DIGITS
              ? LONGEST_WAIT
              : bounded(Duration.ofSeconds(Long.parseLong(seconds))));
    }
    Date date = response.headers().getDate(HEADER);
    return date == null
        ? Optional.empty()
        : Optional.of(bounded(Duration.between(wallClock.instant(), date.toInstant())));
  }

  private static Duration bounded(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }
}
