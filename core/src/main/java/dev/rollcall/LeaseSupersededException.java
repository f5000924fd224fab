package dev.rollcall;

/**
 * Another registration of the same id holds the service now: the caller's lease can neither ping
 * nor deregister it.
 */
public final class LeaseSupersededException extends RejectedException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message whose lease was superseded
   */
  public LeaseSupersededException(String message) {
    super(message);
  }

  /**
   * Makes the one that a store throws.
   *
   * @param id the id of the service
   * @return the exception
   */
  public static LeaseSupersededException of(String id) {
    return new LeaseSupersededException(
        "Another registration of '" + id + "' has superseded this lease");
  }
}
