package dev.rollcall.spi;

import java.util.List;

/**
 * Renews many leases in one go.
 *
 * <p>Implementations are safe for use by any number of threads.
 */
@FunctionalInterface
public interface BulkRenewal {

  /**
   * Renews each lease as {@link TtlStore#renew} does, and {@linkplain Renewal#settle settles} every
   * renewal before it returns. What one of them comes to changes nothing for the others, unless the
   * store cannot be asked for any.
   *
   * <p>Blocks for one round trip to the store. A renewal that has no answer when the store's
   * timeout has passed since it was {@linkplain Renewal#sinceNanos() asked for} fails as
   * unavailable, and holds up the others no longer.
   *
   * @param renewals not settled yet, those first that have waited longest; one id may stand in
   *     several
   * @throws IllegalStateException if the store is closed
   */
  void renewAll(List<Renewal> renewals);
}
