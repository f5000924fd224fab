package dev.rollcall;

import java.time.Duration;

/**
 * The store behind the registry could not be asked.
 *
 * <p>It says nothing of the services: they are neither gone nor alive for it.
 */
public final class StoreUnavailableException extends RegistryUnavailableException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one without a cause.
   *
   * @param message what was tried, and what stood in the way
   */
  public StoreUnavailableException(String message) {
    super(message);
  }

  /**
   * Makes one with a cause.
   *
   * @param message what was tried, and what stood in the way
   * @param cause what was thrown there
   */
  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Makes one that says when to come back.
   *
   * @param message what was tried, and what stood in the way
   * @param retryAfter how long the registry asks to be left alone
   */
  public StoreUnavailableException(String message, Duration retryAfter) {
    super(message, retryAfter);
  }
}
