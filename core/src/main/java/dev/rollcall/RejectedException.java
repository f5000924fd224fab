package dev.rollcall;

/** The registry understood the call and refuses it. To send the same again is no use. */
public non-sealed class RejectedException extends RegistryException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message what was refused, with which value, and why
   */
  public RejectedException(String message) {
    super(message, null);
  }
}
