package dev.rollcall.http.server.log;

import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs warnings of one kind that strangers can cause at any rate: a number of lines a minute at
 * most, of which the next one says how many were left out.
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
  public synchronized void warn(long nowNanos, UnaryOperator<LoggingEventBuilder> fields) {
    if (nowNanos - minuteNanos >= MINUTE_NANOS) {
      minuteNanos = nowNanos;
      lines = 0;
    }
    if (lines == MAX_LINES) {
      leftOut++;
      return;
    }
    lines++;
    long before = leftOut;
    leftOut = 0;
    SafeLog.log(
        log,
        () -> {
          LoggingEventBuilder line = fields.apply(log.atWarn());
          (before == 0 ? line : line.addKeyValue("left_out", before)).log(event);
        });
  }
}
