package dev.rollcall.store.valkey.pipeline;

/** Waits for a queued command: a thread, or a future. */
interface Waiter {

  /**
   * Tells it that the command is completed. Called by the leader that completed it: it must only
   * pass this on, and must not throw.
   */
  void completed();

  /**
   * Wakes the waiting thread, so that it can lead.
   *
   * @return whether there is such a thread
   */
  boolean tryWake();

  /** Returns whether nobody waits for the command any more. */
  boolean hasLeft();
}
