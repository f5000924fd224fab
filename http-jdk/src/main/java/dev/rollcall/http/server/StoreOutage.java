package dev.rollcall.http.server;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/** Logs when the store stops answering and when it answers again, not each request between. */
final class StoreOutage {
  private final Logger log;
  private final AtomicBoolean isDown = new AtomicBoolean();

  StoreOutage(Logger log) {
    this.log = log;
  }

  void failed(Exception cause) {
    if (isDown.compareAndSet(false, true)) {
      log.atWarn().addKeyValue("cause", LogText.of(cause.getMessage())).log("store.unavailable");
    }
  }

  void ended() {
    // A plain read first: this is on the path of each ping.
    if (isDown.get() && isDown.compareAndSet(true, false)) {
      log.atInfo().log("store.recovered");
    }
  }
}
