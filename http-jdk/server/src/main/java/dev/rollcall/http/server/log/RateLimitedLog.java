package dev.rollcall.http.server.log;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs events of one kind that strangers can cause at any rate: a number of lines a minute at most,
 * of which the next one says how many were left out.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RateLimitedLog {
  /** How many lines there are in a minute. */
  public static final int MAX_LINES = 10;

  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final String event;
  private long minuteNanos;
  private int lines;
  private long leftOut;

  /** Starts without a line; the time is that of {@link System#nanoTime}, or a test's. */
  public RateLimitedLog(Logger log, String event, long nowNanos) {
    this.log = log;
    this.event = event;
    this.minuteNanos = nowNanos;
  }

  /** Logs one with some fields, or counts it as left out. */
  public void log(Level level, long nowNanos, UnaryOperator<LogEvent> fields) {
    OptionalLong before = place(nowNanos);
    if (before.isPresent()) {
      SafeLog.log(
          log,
          () -> {
            LogEvent line = fields.apply(LogEvent.of(log, level, event));
            (before.getAsLong() == 0 ? line : line.with("left_out", before.getAsLong())).log();
          });
    }
  }

  /**
   * Takes a place for a line. Returns how many were left out before it; empty if it is left out
   * itself. The line is logged without the lock: a log that hangs holds up none that is left out.
   */
  private synchronized OptionalLong place(long nowNanos) {
    if (nowNanos - minuteNanos >= MINUTE_NANOS) {
      minuteNanos = nowNanos;
      lines = 0;
    }
    if (lines == MAX_LINES) {
      leftOut++;
      return OptionalLong.empty();
    }
    lines++;
    long before = leftOut;
    leftOut = 0;
    return OptionalLong.of(before);
  }
}
