package dev.rollcall;

import java.time.Duration;

/**
 * The registry holds as many services as it may, or as many bytes of them. Nothing was evicted;
 * there is room again once one expires or is deregistered.
 */
public final class RegistryFullException extends RegistryUnavailableException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message which limit was met, and what to do
   */
  public RegistryFullException(String message) {
    super(message);
  }

  /**
   * Makes one that says when to come back.
   *
   * @param message which limit was met, and what to do
   * @param retryAfter how long the registry asks to be left alone
   */
  public RegistryFullException(String message, Duration retryAfter) {
    super(message, retryAfter);
  }
}
