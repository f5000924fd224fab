package dev.rollcall.http.server.log;

import org.slf4j.Logger;

/**
 * Logs so that a log that fails changes no request: what the log throws, an {@code Error} included,
 * is logged in turn, and never thrown.
 */
public final class SafeLog {
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
      log.atError().setCause(LogText.of(cause)).log("request.broke_down");
    } catch (Throwable e) {
      cause.addSuppressed(e); // There is nobody else to tell.
    }
  }
}
