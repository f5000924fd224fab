package dev.rollcall;

import org.jspecify.annotations.Nullable;

/** The registry does not accept the caller's service key, or the caller sent none. */
public final class AccessDeniedException extends RejectedException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was refused
   * @param cause what was thrown there, or null
   */
  public AccessDeniedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
