package dev.rollcall.http.server.stream;

import dev.rollcall.http.server.log.SafeLog;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs which clients were cut off: a number of lines a minute at most, of which the next one says
 * how many were left out.
 *
 * <p>Safe for use by any number of threads.
 */
final class CutOffLog {
  static final int MAX_LINES = 10;

  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private long minuteNanos;
  private int lines;
  private long leftOut;

  CutOffLog(Logger log, long nowNanos) {
    this.log = log;
    this.minuteNanos = nowNanos;
  }

  /** Logs that a client did not take what it was sent. */
  synchronized void cutOff(InetAddress client, String operation, long nowNanos) {
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
    SafeLog.log(log, () -> line(client, operation, before).log("watch.cut_off"));
  }

  private LoggingEventBuilder line(InetAddress client, String operation, long before) {
    LoggingEventBuilder line =
        log.atWarn()
            .addKeyValue("client", client.getHostAddress())
            .addKeyValue("operation", operation)
            .addKeyValue("detail", "it took nothing of what it was sent");
    return before == 0 ? line : line.addKeyValue("left_out", before);
  }
}
