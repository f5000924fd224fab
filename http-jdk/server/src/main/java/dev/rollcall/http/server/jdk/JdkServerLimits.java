package dev.rollcall.http.server.jdk;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of the JDK's {@code HttpServer}: times, headers and connections. By default the JDK
 * limits neither times nor connections: a client that sends a byte a minute holds its thread for
 * ever, and the 201st connection that waits for its next ping is closed.
 *
 * <p>The JDK has these limits only as system properties, which hold for every {@code HttpServer} of
 * the process, and reads them once: when the first one is created. So an application calls {@link
 * #setDefaults()} early, at the start of its {@code main}; no class of this library does so by
 * itself. The bundled server calls it.
 *
 * <p>This class keeps static state, which the library avoids elsewhere, because what it sets is the
 * process's: whether the JDK has read its properties, and whether a warning about that was logged.
 *
 * <p>Safe for use by any number of threads.
 */
public final class JdkServerLimits {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  private static final long HEAP = Runtime.getRuntime().maxMemory();

  /** What the JDK's buffers take of an open connection, measured on 17 and 25. */
  private static final long CONNECTION_BYTES = 24 << 10;

  private static final long MAX_CONNECTIONS = 10_000;
  private static final long MAX_RESPONSE_SECONDS = 60;
  private static final long MIN_HEADER_BYTES = 8 << 10;
  private static final long MAX_HEADER_BYTES = 32 << 10;

  /** What a server needs that faces a network, by property; times are in seconds. */
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

  private JdkServerLimits() {}

  /**
   * Sets those limits that are not set yet, by the command line for instance: {@code
   * sun.net.httpserver.maxReqTime} (20 s), {@code maxRspTime} (60 s), {@code maxReqHeaders} (100),
   * {@code maxReqHeaderSize} (an 8,192nd of the heap, 8 to 32 KiB), {@code
   * jdk.httpserver.maxConnections} (a quarter of the heap at 24 KiB each, at most 10,000), {@code
   * sun.net.httpserver.maxIdleConnections} (seven eighths of that) and {@code idleInterval} (90 s).
   *
   * <p>Has no effect once an {@code HttpServer} was created in this process; then a warning names
   * what is not set, once. Idempotent. Does not block.
   */
  public static void setDefaults() {
    var late = new TreeSet<String>();
    for (Map.Entry<String, String> limit : LIMITS.entrySet()) {
      String property = limit.getKey();
      if (System.getProperty(property) == null) {
        if (READ_BY_JDK.get()) {
          late.add(property);
        } else {
          System.setProperty(property, limit.getValue());
        }
      }
    }
    if (!late.isEmpty() && WARNED.compareAndSet(false, true)) {
      LOG.warn(
          "An HttpServer was created before these limits were set, so they do not hold: {}. Start the"
              + " JVM with them",
          late);
    }
  }

  /** Returns after how long the JDK's server cuts off a response; 60 s where it does not. */
  static Duration maxResponseTime() {
    long seconds = Long.getLong("sun.net.httpserver.maxRspTime", -1);
    return Duration.ofSeconds(
        seconds > 0 ? Math.min(seconds, MAX_RESPONSE_SECONDS) : MAX_RESPONSE_SECONDS);
  }

  /** Returns how many connections the JDK's server takes. */
  static int maxConnections() {
    int connections = Integer.getInteger("jdk.httpserver.maxConnections", -1);
    return connections > 0 ? connections : Integer.MAX_VALUE;
  }

  /** Notes that the JDK reads its properties now; called by the provider of its servers. */
  static void areRead() {
    READ_BY_JDK.set(true);
  }
}
