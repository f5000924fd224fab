package dev.rollcall;

import org.jspecify.annotations.Nullable;

/**
 * No live service has the id whose lease a registration names, so there is nothing to update: the
 * lease has expired, or the service was deregistered.
 *
 * <p>A service that learns this registers again, {@linkplain Registration.Builder#leaseId without
 * the lease id}; a {@link dev.rollcall.registrar.Registrar} does so.
 */
public final class LeaseEndedException extends RejectedException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message whose lease has ended
   * @param cause what was thrown there, or null
   */
  public LeaseEndedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
