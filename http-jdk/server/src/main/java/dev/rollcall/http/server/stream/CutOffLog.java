package dev.rollcall.http.server.stream;

import dev.rollcall.http.server.log.RateLimitedLog;
import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs which clients were cut off.
 *
 * <p>Safe for use by any number of threads.
 */
final class CutOffLog {
  private final RateLimitedLog log;

  CutOffLog(Logger log, long nowNanos) {
    this.log = new RateLimitedLog(log, "watch.cut_off", nowNanos);
  }

  /** Logs that a client did not take what it was sent. */
  void cutOff(InetAddress client, String operation, long nowNanos) {
    log.log(
        Level.WARN,
        nowNanos,
        line ->
            line.with("client", client.getHostAddress())
                .with("operation", operation)
                .with("detail", "it took nothing of what it was sent"));
  }
}
