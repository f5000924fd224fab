package dev.rollcall;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The registry could not be asked, or cannot do what it was asked now.
 *
 * <p>Try again later, not before {@link #retryAfter()}: each call is safe to repeat. Whether this
 * one took effect is unknown, unless a subtype says that it did not: {@link RegistryBusyException}
 * and {@link RegistryFullException} do.
 */
public non-sealed class RegistryUnavailableException extends RegistryException {
  private static final long serialVersionUID = 1L;

  /** How long the registry asks to be left alone, if it named a wait. */
  private final @Nullable Duration retryAfter;

  /**
   * Creates the exception.
   *
   * @param message what was tried, and what stood in the way
   * @param cause what was thrown there, or null
   * @param retryAfter how long the registry asks to be left alone, or null if it named no wait
   */
  public RegistryUnavailableException(
      String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
    super(message, cause);
    this.retryAfter = retryAfter;
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
