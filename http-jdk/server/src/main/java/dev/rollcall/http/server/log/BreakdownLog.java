package dev.rollcall.http.server.log;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs what ended something unexpectedly: a request, a task of a timer, a listener. Each class of
 * what was thrown has a number of lines a minute, as {@link RateLimitedLog} says.
 *
 * <p>Safe for use by any number of threads.
 */
public final class BreakdownLog {
  /** By the class of what was thrown. */
  private final RateLimitedLogs logs;

  /** Starts without a line. */
  public BreakdownLog(Logger log, LongSupplier nanoTime) {
    this.logs = new RateLimitedLogs(log, SafeLog.BROKE_DOWN, nanoTime);
  }

  /** Runs a task. For what it throws this does what {@link #brokeDown} says, so it never throws. */
  public void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      brokeDown(e);
    }
  }

  /** Logs what was thrown, or counts it as left out. Never throws. */
  public void brokeDown(Throwable cause) {
    try {
      logs.log(Level.ERROR, cause.getClass().getName(), line -> line.cause(LogText.of(cause)));
    } catch (Throwable e) {
      SafeLog.suppress(cause, e);
    }
  }
}
