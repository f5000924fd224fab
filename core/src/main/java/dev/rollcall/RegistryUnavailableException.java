package dev.rollcall;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The registry could not be asked, or could not answer now. Whether the call took effect is
 * unknown; to call again later is safe.
 */
public non-sealed class RegistryUnavailableException extends RegistryException {
  private static final long serialVersionUID = 1L;

  /** How long the registry asks to be left alone, if it named a wait. */
  private final @Nullable Duration retryAfter;

  /**
   * Makes one without a cause.
   *
   * @param message what was tried, and what stood in the way
   */
  public RegistryUnavailableException(String message) {
    super(message, null);
    this.retryAfter = null;
  }

  /**
   * Makes one with a cause.
   *
   * @param message what was tried, and what stood in the way
   * @param cause what was thrown there
   */
  public RegistryUnavailableException(String message, Throwable cause) {
    super(message, Objects.requireNonNull(cause, "cause"));
    this.retryAfter = null;
  }

  /**
   * Makes one that says when to come back.
   *
   * @param message what was tried, and what stood in the way
   * @param retryAfter how long the registry asks to be left alone
   */
  public RegistryUnavailableException(String message, Duration retryAfter) {
    super(message, null);
    this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
  }

  /**
   * Returns how long the registry asks to be left alone.
   *
   * @return the wait, or empty if it named none
   */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
