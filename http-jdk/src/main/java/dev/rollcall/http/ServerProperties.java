package dev.rollcall.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to the limits of the JDK's {@code HttpServer}, which has no other switches than system
 * properties, and reads them once: when the first server of the process is made. A property that
 * somebody has set stays as it is.
 *
 * <p>Without them a client that sends a byte a minute holds its thread for ever, the 201st
 * connection that waits for its next ping is closed, and nothing bounds the number of connections.
 */
public final class ServerProperties {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  /** What a server that faces a network wants, by property; times are in seconds. */
  private static final Map<String, String> LIMITS = new LinkedHashMap<>();

  static {
    // From a request's first byte to its last, the TLS handshake of a new connection included.
    LIMITS.put("sun.net.httpserver.maxReqTime", "20");
    // From there to the answer's last byte.
    LIMITS.put("sun.net.httpserver.maxRspTime", "60");
    LIMITS.put("sun.net.httpserver.maxReqHeaders", "100");
    // The request line counts too, and each header 32 bytes on top.
    LIMITS.put("sun.net.httpserver.maxReqHeaderSize", "32768");
    LIMITS.put("jdk.httpserver.maxConnections", "10000");
    // The JDK's 200 would close all others after each ping.
    LIMITS.put("sun.net.httpserver.maxIdleConnections", "10000");
    // Longer than services pause between pings as a rule; the JDK's 30 closes at the wrong moment.
    LIMITS.put("sun.net.httpserver.idleInterval", "90");
  }

  private static final AtomicBoolean READ_BY_JDK = new AtomicBoolean();
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private ServerProperties() {}

  /** Sets the limits that nobody has set, and warns if it is too late for the JDK to see them. */
  public static void limit() {
    var late = new TreeSet<String>();
    LIMITS.forEach(
        (property, value) -> {
          if (System.getProperty(property) == null) {
            if (READ_BY_JDK.get()) {
              late.add(property);
            } else {
              System.setProperty(property, value);
            }
          }
        });
    if (!late.isEmpty() && WARNED.compareAndSet(false, true)) {
      LOG.warn(
          "An HttpServer was made before this one, so these limits are not set: {}. Start the JVM"
              + " with them",
          late);
    }
  }

  /** Notes that the JDK reads its properties now. */
  static void areRead() {
    READ_BY_JDK.set(true);
  }
}
