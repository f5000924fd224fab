package dev.rollcall;

import org.jspecify.annotations.Nullable;

/**
 * Another registration of the same id holds the service now: the caller's lease can neither ping
 * nor deregister it.
 *
 * <p>This lease never holds the id again. The same call is refused for as long as the other
 * registration lives, and finds no service afterwards. So a service that learns this from a ping
 * either leaves its id to the other one, or asks again from time to time and registers when the
 * answer is empty; a {@link dev.rollcall.registrar.Registrar} does the latter.
 *
 * <p>The {@linkplain ServiceRegistry#history() history} of the id says which lease holds it now,
 * and that calls with others were {@linkplain dev.rollcall.history.ServiceEvent.Type#REFUSED
 * refused}.
 */
public final class LeaseSupersededException extends RejectedException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message whose lease was superseded
   * @param cause what was thrown there, or null
   */
  public LeaseSupersededException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
