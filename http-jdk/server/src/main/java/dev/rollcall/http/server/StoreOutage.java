package dev.rollcall.http.server;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * Logs when the store stops answering and when it answers again, not each request between. Each
 * access has an outage of its own: a store may still be read while it takes no pings, and that a
 * read succeeds does not end the outage of pings. Never throws, whatever the log does.
 */
final class StoreOutage {
  private final Logger log;
  private final Set<Access> down = ConcurrentHashMap.newKeySet();

  StoreOutage(Logger log) {
    this.log = log;
  }

  void failed(Access access, Exception cause) {
    if (down.add(access)) {
      Observers.log(
          log,
          () ->
              log.atWarn()
                  .addKeyValue("access", nameOf(access))
                  .addKeyValue("cause", LogText.of(cause.getMessage()))
                  .log("store.unavailable"));
    }
  }

  void ended(Access access) {
    // No lock is taken to look: this is on the path of each ping.
    if (down.contains(access) && down.remove(access)) {
      Observers.log(
          log, () -> log.atInfo().addKeyValue("access", nameOf(access)).log("store.recovered"));
    }
  }

  private static String nameOf(Access access) {
    return access.name().toLowerCase(Locale.ROOT);
  }
}
