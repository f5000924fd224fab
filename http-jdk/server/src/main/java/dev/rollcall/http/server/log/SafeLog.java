package dev.rollcall.http.server.log;

import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs so that a log that fails changes no request: what the log throws, an {@code Error} included,
 * is logged in turn, and never thrown.
 */
public final class SafeLog {
  /** The event of what ended unexpectedly. */
  static final String BROKE_DOWN = "request.broke_down";

  private SafeLog() {}

  /** Has a line logged. */
  public static void log(Logger log, Runnable line) {
    try {
      line.run();
    } catch (Throwable e) {
      brokeDown(log, e);
    }
  }

  private static void brokeDown(Logger log, Throwable cause) {
    try {
      LogEvent.of(log, Level.ERROR, BROKE_DOWN).cause(LogText.of(cause)).log();
    } catch (Throwable e) {
      suppress(cause, e);
    }
  }

  /**
   * Keeps what failed on account of a cause with it, where there is nobody to tell. Never throws.
   */
  public static void suppress(Throwable cause, Throwable failure) {
    try {
      if (cause != failure) { // The JVM has errors that it throws again and again.
        cause.addSuppressed(failure);
      }
    } catch (Throwable e) {
      // There is no memory for it.
    }
  }
}
