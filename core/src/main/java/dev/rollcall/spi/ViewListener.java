package dev.rollcall.spi;

import java.time.Duration;

/**
 * Hears how the view of a registry does, for metrics. Its methods do nothing unless they are
 * overridden.
 *
 * <p>Called by the thread that keeps the view up to date, or opens or closes a watch, one call at a
 * time; its methods do not block and do not throw.
 */
public interface ViewListener {

  /**
   * Says how many watches are open. Called after each change of that.
   *
   * @param open how many
   */
  default void watchesOpen(int open) {}

  /**
   * Says how many services the view knows. Called after each change of that; 0 when the last watch
   * has been closed.
   *
   * @param known how many
   */
  default void servicesKnown(int known) {}

  /**
   * Says that an expired service was found.
   *
   * @param lag the time from the end of its lease, by the store's clock, until the store was asked
   *     and did not have it; never negative
   */
  default void expirySeen(Duration lag) {}

  /**
   * Says that the view was compared with the whole list. The list that a view begins with is not
   * compared with anything.
   *
   * @param differences how many services differed, of which no hint had told until then
   */
  default void reconciled(int differences) {}

  /** Says that hints may have been missed, at first as well. */
  default void hintsMissed() {}

  /**
   * Says whether the view is up to date. Called after each change of that.
   *
   * @param stale whether the store could not be asked, so that what is known may be old
   */
  default void staleness(boolean stale) {}
}
