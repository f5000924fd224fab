package dev.rollcall;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The store behind the registry could not be asked.
 *
 * <p>It says nothing about any service: a service that was alive may be alive or may have ended.
 */
public final class StoreUnavailableException extends RegistryUnavailableException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was tried, and what stood in the way
   * @param cause what was thrown there, or null
   * @param retryAfter how long the registry asks to be left alone, or null if it named no wait
   */
  public StoreUnavailableException(
      String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
    super(message, cause, retryAfter);
  }
}
