package dev.rollcall;

/** The registry does not accept the caller's service key, or the caller sent none. */
public final class AccessDeniedException extends RejectedException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message what was refused
   */
  public AccessDeniedException(String message) {
    super(message);
  }
}
