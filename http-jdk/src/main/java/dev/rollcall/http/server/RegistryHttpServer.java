package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.ServiceRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A registry's endpoints on an HTTP server of their own.
 *
 * <pre>{@code
 * try (ServiceRegistry registry = ServiceRegistry.open("memory:");
 *     RegistryHttpServer server = RegistryHttpServer.builder(registry).port(9000).start()) {
 *   System.out.println("Services register at " + server.url());
 *   untilStopped();
 * }
 * }</pre>
 *
 * <p>Requests run on virtual threads where the JVM has them (21 and later), else on at most 64
 * daemon threads {@code rollcall-http}. The JDK's dispatcher thread inherits the daemon flag of the
 * thread that calls {@link Builder#start()}: started from {@code main}, the server keeps the JVM up
 * until it is closed.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RegistryHttpServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads;
  private final InFlight inFlight;
  private final URI url;
  private final Duration drainTime;
  private final ReentrantLock closing = new ReentrantLock();
  private boolean closed;

  private RegistryHttpServer(Builder builder, HttpServer server) {
    this.server = server;
    this.threads = ServerThreads.create();
    this.inFlight = new InFlight(builder.handler);
    this.drainTime = builder.drainTime;
    this.url = URI.create("http://" + PublicUrl.hostOf(server.getAddress()) + builder.basePath);
    server.setExecutor(threads);
    server.createContext(builder.basePath.isEmpty() ? "/" : builder.basePath, inFlight);
    server.start();
  }

  /**
   * Starts a server of a registry, with the default settings of {@link RegistryHandler}.
   *
   * @param registry what it serves; it stays the caller's to close, after the server
   * @return the builder
   */
  public static Builder builder(ServiceRegistry registry) {
    return builder(RegistryHandler.of(registry));
  }

  /**
   * Starts a server of a handler.
   *
   * @param handler answers the requests
   * @return the builder
   */
  public static Builder builder(RegistryHandler handler) {
    return new Builder(handler);
  }

  /**
   * Returns where it listens.
   *
   * @return the local address, with the port that was chosen if it was left open
   */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /**
   * Returns the URL of its root, for clients on this host: what {@code HttpServiceRegistry} takes.
   *
   * @return the URL, with the base path and without a slash at its end
   */
  public URI url() {
    return url;
  }

  /**
   * Stops: takes no more connections, finishes the requests that run, then closes what is open.
   *
   * <p>Idempotent. Blocks while requests run, for the {@linkplain Builder#drainTime drain time} at
   * most. A request handler must not call it.
   */
  @Override
  public void close() {
    closing.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      // Older updates of 17 and 21 wait the whole time even when nothing runs (JDK-8304065).
      server.stop(inFlight.isZero() ? 0 : (int) drainTime.toSeconds());
      threads.shutdownNow();
    } finally {
      closing.unlock();
    }
  }

  /**
   * Collects the settings of a {@link RegistryHttpServer}. Each setter checks its argument at once.
   */
  public static final class Builder {
    /** Clients that come back all at once find room; the JDK's own default is 50. */
    private static final int BACKLOG = 1024;

    private static final int MAX_PORT = 65_535;
    private static final Duration MAX_DRAIN_TIME = Duration.ofHours(1);

    private final RegistryHandler handler;
    private String host = "127.0.0.1";
    private int port;
    private String basePath = "";
    private Duration drainTime = Duration.ofSeconds(10);

    private Builder(RegistryHandler handler) {
      this.handler = Objects.requireNonNull(handler, "handler");
    }

    /**
     * Sets the address to listen at. Default: {@code 127.0.0.1}, this host alone.
     *
     * @param host a name or an address of this host; {@code 0.0.0.0} for all of them
     * @return this
     */
    public Builder host(String host) {
      this.host = Objects.requireNonNull(host, "host");
      return this;
    }

    /**
     * Sets the port. Default: 0.
     *
     * @param port 1 to 65,535, or 0 for any that is free
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder port(int port) {
      if (port < 0 || port > MAX_PORT) {
        throw new IllegalArgumentException("a port is 0 to " + MAX_PORT + ", not " + port);
      }
      this.port = port;
      return this;
    }

    /**
     * Sets the path before {@code /services}. Default: none.
     *
     * @param basePath starts with a slash, such as {@code /v2}
     * @return this
     * @throws IllegalArgumentException if it does not
     */
    public Builder basePath(String basePath) {
      if (!basePath.startsWith("/")) {
        throw new IllegalArgumentException(
            "a basePath starts with a slash, as in /v2; not '" + basePath + "'");
      }
      this.basePath = basePath.replaceFirst("/+$", "");
      return this;
    }

    /**
     * Sets how long {@link RegistryHttpServer#close()} waits for the requests that run. Default: 10
     * seconds.
     *
     * @param drainTime 1 second to 1 hour, in whole seconds
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder drainTime(Duration drainTime) {
      if (drainTime.compareTo(Duration.ofSeconds(1)) < 0
          || drainTime.compareTo(MAX_DRAIN_TIME) > 0
          || drainTime.toNanosPart() != 0) {
        throw new IllegalArgumentException(
            "a drainTime is 1 s to 1 h, in whole seconds; not " + drainTime);
      }
      this.drainTime = drainTime;
      return this;
    }

    /**
     * Starts the server.
     *
     * @return the server, which answers by now; the caller's to close
     * @throws UncheckedIOException if it cannot listen there, as when the port is taken
     */
    public RegistryHttpServer start() {
      var address = new InetSocketAddress(host, port);
      try {
        return new RegistryHttpServer(this, HttpServer.create(address, BACKLOG));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot listen at " + host + ":" + port + ": " + e, e);
      } catch (UnresolvedAddressException e) {
        throw new UncheckedIOException(
            "no address is known for the host '" + host + "'", new IOException(e));
      }
    }
  }
}
