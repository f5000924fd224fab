package dev.rollcall.http.server.routing;

import dev.rollcall.http.server.log.LogEvent;
import dev.rollcall.http.server.log.LogText;
import dev.rollcall.http.server.log.SafeLog;
import dev.rollcall.http.server.request.RequestKind;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs when the store stops answering and when it answers again, not each request between. Each
 * kind of request has an outage of its own: a store may still be read while it takes no pings, and
 * that a read succeeds does not end the outage of pings. Never throws, whatever the log does.
 */
public final class OutageLog {
  private final Logger log;
  private final Set<RequestKind> down = ConcurrentHashMap.newKeySet();

  public OutageLog(Logger log) {
    this.log = log;
  }

  public void failed(RequestKind kind, Exception cause) {
    if (down.add(kind)) {
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
    // No lock is taken to look: this is on the path of each ping.
    if (down.contains(kind) && down.remove(kind)) {
      SafeLog.log(
          log,
          () -> LogEvent.of(log, Level.INFO, "store.recovered").with("access", nameOf(kind)).log());
    }
  }

  private static String nameOf(RequestKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
