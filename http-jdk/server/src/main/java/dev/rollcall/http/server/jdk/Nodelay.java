package dev.rollcall.http.server.jdk;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;

/**
 * Switches {@code TCP_NODELAY} on in the JDK's {@code HttpServer}, which writes headers and body
 * apart: with Nagle's algorithm the second write waits for the acknowledgement of the first, which
 * the client delays by 40 ms.
 *
 * <p>The JDK has no other switch than a system property, which it reads once, when the first server
 * of the process is created. So this is static state of the process, and set without the
 * application's help: by {@link NodelayServerProvider}, and by a handler where another provider was
 * chosen.
 */
final class Nodelay {
  private static final String PROPERTY = "sun.net.httpserver.nodelay";
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private Nodelay() {}

  /** Sets the property, unless somebody has set it to anything. */
  static void enable() {
    if (System.getProperty(PROPERTY) == null) {
      System.setProperty(PROPERTY, "true");
    } else if (!Boolean.getBoolean(PROPERTY) && WARNED.compareAndSet(false, true)) {
      LoggerFactory.getLogger("dev.rollcall.http")
          .warn("-D{}=true is not set: each answer may take 40 ms", PROPERTY);
    }
  }
}
