package dev.rollcall.http.server.tls;

import dev.rollcall.http.server.log.LogText;
import dev.rollcall.http.server.log.RateLimitedLog;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** Logs the handshakes that failed, of which the JDK's server says nothing. */
final class HandshakeLog {
  private final RateLimitedLog log;
  private final LongSupplier nanoTime;

  HandshakeLog(Logger log, LongSupplier nanoTime) {
    this.log = new RateLimitedLog(log, "tls.failed", nanoTime.getAsLong());
    this.nanoTime = nanoTime;
  }

  /** Logs that a client and this server could not agree. */
  void failed(@Nullable String client, SSLException reason) {
    log.log(
        Level.WARN,
        nanoTime.getAsLong(),
        line ->
            line.with("client", LogText.of(client)).with("cause", LogText.of(reason.getMessage())));
  }
}
