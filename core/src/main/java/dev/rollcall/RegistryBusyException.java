package dev.rollcall;

import java.time.Duration;

/**
 * The registry is there, but has as much under way as it may, and did not carry out the call. To
 * call again later is safe; a call that is refused each time asks for more than the registry was
 * given, such as memory for a list.
 */
public final class RegistryBusyException extends RegistryUnavailableException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message which limit was met, and what to do
   */
  public RegistryBusyException(String message) {
    super(message);
  }

  /**
   * Makes one that says when to come back.
   *
   * @param message which limit was met, and what to do
   * @param retryAfter how long the registry asks to be left alone
   */
  public RegistryBusyException(String message, Duration retryAfter) {
    super(message, retryAfter);
  }
}
