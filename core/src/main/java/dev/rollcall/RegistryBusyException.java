package dev.rollcall;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The registry has as much under way as it may, and refused the call, which took no effect.
 *
 * <p>A call that is refused each time asks for more than the registry was given, such as memory for
 * a list.
 */
public final class RegistryBusyException extends RegistryUnavailableException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message which limit was met, and what to do
   * @param cause what was thrown there, or null
   * @param retryAfter how long the registry asks to be left alone, or null if it named no wait
   */
  public RegistryBusyException(
      String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
    super(message, cause, retryAfter);
  }
}
