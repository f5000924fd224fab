package dev.rollcall.http.client.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** No server has taken a request. */
final class UndeliveredException extends IOException {
  private static final long serialVersionUID = 1L;

  private final @Nullable Duration retryAfter;
  private final boolean isBusy;

  /**
   * Creates one.
   *
   * @param cause why the last server has not
   * @param retryAfter after what time one of the others is to be asked again; null if none said so
   * @param isBusy whether one of the others works, and had no place for a stream
   */
  UndeliveredException(
      String message, IOException cause, @Nullable Duration retryAfter, boolean isBusy) {
    super(message, cause);
    this.retryAfter = retryAfter;
    this.isBusy = isBusy;
  }

  Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  boolean isBusy() {
    return isBusy;
  }
}
