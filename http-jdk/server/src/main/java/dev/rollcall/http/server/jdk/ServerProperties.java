package dev.rollcall.http.server.jdk;

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
final class ServerProperties {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  private static final long HEAP = Runtime.getRuntime().maxMemory();

  /** What the JDK's buffers take of an open connection, measured on 17 and 25. */
  private static final long CONNECTION_BYTES = 24 << 10;

  private static final long MAX_CONNECTIONS = 10_000;
  private static final long MIN_HEADER_BYTES = 8 << 10;
  private static final long MAX_HEADER_BYTES = 32 << 10;

  /** What a server that faces a network wants, by property; times are in seconds. */
  private static final Map<String, String> LIMITS = new LinkedHashMap<>();

  static {
    // From a request's first byte to its last, the TLS handshake of a new connection included.
    LIMITS.put("sun.net.httpserver.maxReqTime", "20");
    // From there to the answer's last byte.
    LIMITS.put("sun.net.httpserver.maxRspTime", "60");
    LIMITS.put("sun.net.httpserver.maxReqHeaders", "100");
    // The request line counts too, and each header 32 bytes on top.
    LIMITS.put("sun.net.httpserver.maxReqHeaderSize", Long.toString(headerBytes(HEAP)));
    LIMITS.put("jdk.httpserver.maxConnections", Long.toString(connections(HEAP)));
    // The JDK's 200 would close all others after each ping. Fewer than there may be in all: one
    // more is closed after its answer, and there is room for the next.
    LIMITS.put("sun.net.httpserver.maxIdleConnections", Long.toString(connections(HEAP) * 7 / 8));
    // Longer than services pause between pings as a rule; the JDK's 30 closes at the wrong moment.
    LIMITS.put("sun.net.httpserver.idleInterval", "90");
  }

  /** How many connections fit into a quarter of a heap. */
  static long connections(long heapBytes) {
    return Math.max(1, Math.min(MAX_CONNECTIONS, heapBytes / 4 / CONNECTION_BYTES));
  }

  /** How long a head may be that the connections of a heap may have: each holds a few copies. */
  static long headerBytes(long heapBytes) {
    return Math.max(MIN_HEADER_BYTES, Math.min(MAX_HEADER_BYTES, heapBytes / 8192));
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
