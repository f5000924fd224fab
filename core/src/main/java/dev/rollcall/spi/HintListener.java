package dev.rollcall.spi;

/**
 * Is told where to look by a store that learns of changes. What it is told are hints: the store
 * says what is true, so one too many does no harm, and one that is lost is made up for by the next
 * list.
 *
 * <p>Called by any thread, after the change can be seen by a read. Its methods do not block and do
 * not throw.
 */
public interface HintListener {

  /**
   * Says that a service has registered, anew or again.
   *
   * @param id its id
   */
  void registered(String id);

  /**
   * Says that a service was deregistered.
   *
   * @param id its id
   */
  void deregistered(String id);

  /**
   * Says that something has happened to an id, such as a change by a writer that does not say what
   * it did.
   *
   * @param id the id
   */
  void touched(String id);

  /**
   * Says that changes may have been missed: everything is to be read again. Called whenever the
   * store begins to hear of changes, at first and after each gap.
   */
  void missed();
}
