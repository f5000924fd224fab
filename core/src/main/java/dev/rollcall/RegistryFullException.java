package dev.rollcall;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The registry holds as many services as it may, or as many bytes of them, and refused the
 * registration, which took no effect: nothing was stored, and nothing was evicted.
 *
 * <p>There is room again once a service expires or is deregistered.
 */
public final class RegistryFullException extends RegistryUnavailableException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message which limit was met, and what to do
   * @param cause what was thrown there, or null
   * @param retryAfter how long the registry asks to be left alone, or null if it named no wait
   */
  public RegistryFullException(
      String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
    super(message, cause, retryAfter);
  }
}
