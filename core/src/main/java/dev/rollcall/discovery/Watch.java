package dev.rollcall.discovery;

/** An open watch. Safe for use by any number of threads. */
public interface Watch extends AutoCloseable {

  /**
   * Ends the watch. Idempotent.
   *
   * <p>Waits for a call of the listener that runs, for 5 seconds at most; so the listener is not
   * called after this has returned. If the listener itself calls this, that call goes on.
   */
  @Override
  void close();
}
