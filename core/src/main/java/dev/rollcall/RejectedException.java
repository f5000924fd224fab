package dev.rollcall;

import org.jspecify.annotations.Nullable;

/**
 * The registry understood the call and refuses it; the call changed nothing.
 *
 * <p>Do not try again: the same call does not succeed until somebody removes the reason that the
 * message names, such as a wrong key.
 */
public non-sealed class RejectedException extends RegistryException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was refused, with which value, and why
   * @param cause what was thrown there, or null
   */
  public RejectedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
