package dev.rollcall.http.server.log;

import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs so that a log that fails changes no request: what the log throws, an {@code Error} included,
 * is logged in turn, and never thrown.
 */
public final class SafeLog {
  /** The event of {@link #brokeDown}. */
  public static final String BROKE_DOWN = "request.broke_down";

  private SafeLog() {}

  /** Has a line logged. */
  public static void log(Logger log, Runnable line) {
    try {
      line.run();
    } catch (Throwable e) {
      brokeDown(log, e);
    }
  }

  /** Logs what ended a request without a response. */
  public static void brokeDown(Logger log, Throwable cause) {
    try {
      LogEvent.of(log, Level.ERROR, BROKE_DOWN).cause(LogText.of(cause)).log();
    } catch (Throwable e) {
      cause.addSuppressed(e); // There is nobody else to tell.
    }
  }
}
