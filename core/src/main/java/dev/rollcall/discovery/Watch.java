package dev.rollcall.discovery;

/** An open watch. Safe for use by any number of threads. */
public interface Watch extends AutoCloseable {

  /**
   * Ends the watch. Its listener is not called after this has returned, except where this was
   * called by the listener itself, whose call goes on, or its thread was interrupted meanwhile.
   * Waits for a call that runs. Idempotent.
   */
  @Override
  void close();
}
