package dev.rollcall.http.server.routing;

import dev.rollcall.http.server.log.LogEvent;
import dev.rollcall.http.server.log.LogText;
import dev.rollcall.http.server.log.SafeLog;
import dev.rollcall.http.server.request.RequestKind;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs when the store stops answering and when it answers again, not each request between. Each
 * kind of request has an outage of its own: a store may still be read while it takes no pings, and
 * that a read succeeds does not end the outage of pings. Nor does one success among failures, as of
 * a Cluster of which a part is down: an outage is over when one has succeeded and none has failed
 * for 5 seconds. Never throws, whatever the log does.
 */
public final class OutageLog {
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Logger log;
  private final LongSupplier nanoTime;

  /** When a request of a kind failed last, and whether one has succeeded since. */
  private record Outage(long failedAtNanos, boolean hasSucceeded) {}

  /** Of each kind that is down. */
  private final Map<RequestKind, Outage> down = new ConcurrentHashMap<>();

  public OutageLog(Logger log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
  }

  public void failed(RequestKind kind, Exception cause) {
    logRecovered();
    if (down.put(kind, new Outage(nanoTime.getAsLong(), false)) == null) {
      SafeLog.log(
          log,
          () ->
              LogEvent.of(log, Level.WARN, "store.unavailable")
                  .with("access", nameOf(kind))
                  .with("cause", LogText.of(cause.getMessage()))
                  .log());
    }
  }

  void ended(RequestKind kind) {
    if (down.isEmpty()) { // No lock is taken to look: this is on the path of each ping.
      return;
    }
    Outage outage = down.get(kind);
    if (outage != null && !outage.hasSucceeded) {
      var unused = down.replace(kind, outage, new Outage(outage.failedAtNanos, true));
    }
    logRecovered();
  }

  /** Logs which outages are over: the next request may be of another kind, and that kind rare. */
  private void logRecovered() {
    long now = nanoTime.getAsLong();
    down.forEach(
        (kind, outage) -> {
          if (outage.hasSucceeded
              && now - outage.failedAtNanos >= QUIET_NANOS
              && down.remove(kind, outage)) {
            SafeLog.log(
                log,
                () ->
                    LogEvent.of(log, Level.INFO, "store.recovered")
                        .with("access", nameOf(kind))
                        .log());
          }
        });
  }

  private static String nameOf(RequestKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
