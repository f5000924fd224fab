package dev.rollcall.http.client;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.RegistryException;
import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.Response;

/** Tells by an answer's status what went wrong; its body only adds the words. */
final class ErrorAnswers {
  private static final String TYPE = "urn:rollcall:error:";
  private static final String RETRY_AFTER = "Retry-After";
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
  private static final int MAX_BODY_BYTES = 64 << 10;
  private static final int SERVER_ERRORS = 500;

  private final InstantSource wallClock;
  private final ShownText shownText;

  ErrorAnswers(InstantSource wallClock, ShownText shownText) {
    this.wallClock = wallClock;
    this.shownText = shownText;
  }

  /** Makes the exception for an answer that is no success. */
  RegistryException read(Attempt attempt, Response response) {
    ProblemBody problem = ProblemBody.of(bodyOf(response));
    String text = shownText.of(problem.text());
    String message =
        attempt
            + ": the registry answered "
            + response.code()
            + (text.isEmpty() ? "" : ": ")
            + text;
    return switch (response.code()) {
      case 401, 403 -> new AccessDeniedException(message);
      case 409 ->
          attempt.operation().isFenced()
              ? new LeaseSupersededException(message)
              : new RejectedException(message);
      case 408, 429 -> unavailable(problem.type(), message, response);
      default ->
          response.code() >= SERVER_ERRORS
              ? unavailable(problem.type(), message, response)
              : new RejectedException(message);
    };
  }

  private static byte[] bodyOf(Response response) {
    try {
      return response.body().byteStream().readNBytes(MAX_BODY_BYTES);
    } catch (IOException e) {
      return new byte[0]; // the status is here, and says enough
    }
  }

  private RegistryException unavailable(String type, String message, Response response) {
    Optional<Duration> wait = retryAfter(response);
    return switch (type) {
      case TYPE + "store-unavailable" ->
          wait.map(time -> new StoreUnavailableException(message, time))
              .orElseGet(() -> new StoreUnavailableException(message));
      case TYPE + "full" ->
          wait.map(time -> new RegistryFullException(message, time))
              .orElseGet(() -> new RegistryFullException(message));
      default ->
          wait.map(time -> new RegistryUnavailableException(message, time))
              .orElseGet(() -> new RegistryUnavailableException(message));
    };
  }

  private Optional<Duration> retryAfter(Response response) {
    String seconds = response.header(RETRY_AFTER, "").trim();
    if (SECONDS.matcher(seconds).matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(seconds)));
    }
    Date date = response.headers().getDate(RETRY_AFTER);
    if (date == null) {
      return Optional.empty();
    }
    Duration wait = Duration.between(wallClock.instant(), date.toInstant());
    return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
  }
}
