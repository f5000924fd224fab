package dev.rollcall.discovery;

/** An open watch. Safe for use by any number of threads. */
public interface Watch extends AutoCloseable {

  /**
   * Ends the watch. Idempotent.
   *
   * <p>Waits for a call of the listener that runs, for 5 seconds at most, through interrupts, whose
   * flag stays set. No call of the listener begins after this has returned; one that takes longer
   * than 5 seconds may still run then. If the listener itself calls this, that call goes on.
   */
  @Override
  void close();
}
