package dev.rollcall.http.server.log;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs events of one name that strangers can cause at any rate, each kind of them as {@link
 * RateLimitedLog} does: so a flood of one kind hides no other.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RateLimitedLogs {
  private final Logger log;
  private final String event;
  private final LongSupplier nanoTime;
  private final Map<String, RateLimitedLog> kinds = new ConcurrentHashMap<>();

  /** Starts without a line. */
  public RateLimitedLogs(Logger log, String event, LongSupplier nanoTime) {
    this.log = log;
    this.event = event;
    this.nanoTime = nanoTime;
  }

  /**
   * Logs one with some fields, or counts it as left out.
   *
   * @param kind one of a few, and nothing that strangers choose: each is kept
   */
  public void log(Level level, String kind, UnaryOperator<LogEvent> fields) {
    long now = nanoTime.getAsLong();
    kinds
        .computeIfAbsent(kind, added -> new RateLimitedLog(log, event, now))
        .log(level, now, fields);
  }
}
