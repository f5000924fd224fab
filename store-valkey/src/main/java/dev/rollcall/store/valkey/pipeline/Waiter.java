package dev.rollcall.store.valkey.pipeline;

/** Who waits for a call that is queued: a thread, or a future. */
interface Waiter {

  /**
   * Tells it that the call is completed. Called by the leader that completed it, for whom it must
   * not do more than to hand that on; throws nothing.
   */
  void completed();

  /**
   * Wakes the thread that waits, so that it may lead.
   *
   * @return whether there is such a thread
   */
  boolean tryWake();

  /** Returns whether nobody waits for the call any more. */
  boolean hasLeft();
}
