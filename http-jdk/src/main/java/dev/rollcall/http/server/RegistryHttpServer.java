package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.ServerProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
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
 * <p>Requests run on virtual threads where the JVM has them (21 and later), else on at most 512
 * daemon threads {@code rollcall-http}. The JDK's dispatcher thread inherits the daemon flag of the
 * thread that calls {@link Builder#start()}: started from {@code main}, the server keeps the JVM up
 * until it is closed.
 *
 * <p>The JDK bounds the time, the headers and the connections of its servers by system properties
 * alone, which it reads when the first server of the process is made. This class sets those that
 * nobody has set: {@code sun.net.httpserver.maxReqTime} (20 s), {@code maxRspTime} (60 s), {@code
 * maxReqHeaders} (100), {@code maxReqHeaderSize} (32,768 bytes), {@code maxIdleConnections}
 * (10,000), {@code idleInterval} (90 s) and {@code jdk.httpserver.maxConnections} (10,000). They
 * hold for every {@code HttpServer} of the process: an application that has others, and wants other
 * limits there, sets its own on the command line.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RegistryHttpServer implements AutoCloseable {
  static {
    ServerProperties.limit();
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final URI url;
  private final Duration drainTime;
  private final ReentrantLock closing = new ReentrantLock();
  private boolean closed;

  private RegistryHttpServer(Builder builder, HttpServer server) {
    this.server = server;
    this.threads = ServerThreads.create();
    this.drainTime = builder.drainTime;
    this.url = URI.create("http://" + PublicUrl.hostOf(server.getAddress()) + builder.basePath);
    server.setExecutor(threads);
    if (!builder.basePath.isEmpty()) {
      // Else what is outside of the base path gets the JDK's page.
      server.createContext("/", builder.handler::handleElsewhere);
    }
    server.createContext(builder.basePath.isEmpty() ? "/" : builder.basePath, builder.handler);
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
   * Stops: finishes the requests that have begun to arrive, takes no others, then closes what is
   * open. A request either runs to its answer or not at all, unless the {@linkplain
   * Builder#drainTime drain time} ends first.
   *
   * <p>Idempotent. Blocks while requests run, for the drain time at most; if the calling thread is
   * interrupted, it waits no longer. A request handler must not call it.
   */
  @Override
  public void close() {
    closing.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      // Not stop(n): it misses a request that waits for a thread, and in older updates of 17 and
      // 21 it waits all n seconds even when nothing runs (JDK-8304065). The executor knows each
      // request from its first byte on; what it rejects, the server closes unanswered.
      threads.shutdown();
      boolean interrupted = !awaitRequests();
      server.stop(0);
      threads.shutdownNow();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    } finally {
      closing.unlock();
    }
  }

  /** Waits for the requests that run; false if the thread was interrupted. */
  private boolean awaitRequests() {
    try {
      var unused = threads.awaitTermination(drainTime.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      return false;
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
     * @param basePath segments of {@code A-Z a-z 0-9 . _ ~ -}, each after a slash, such as {@code
     *     /v2}; a slash alone for none
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder basePath(String basePath) {
      // The JDK finds a context by the path without its escapes.
      if (!PublicUrl.PLAIN_PATH.matcher(basePath).matches()) {
        throw new IllegalArgumentException(
            "a basePath is plain segments, each after a slash, as in /v2; not '" + basePath + "'");
      }
      this.basePath = basePath.replaceFirst("/+$", "");
      return this;
    }

    /**
     * Sets how long {@link RegistryHttpServer#close()} waits for the requests that run. Default: 10
     * seconds.
     *
     * @param drainTime 0 to 1 hour
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder drainTime(Duration drainTime) {
      if (drainTime.isNegative() || drainTime.compareTo(MAX_DRAIN_TIME) > 0) {
        throw new IllegalArgumentException("a drainTime is 0 to 1 h, not " + drainTime);
      }
      this.drainTime = drainTime;
      return this;
    }

    /**
     * Starts the server.
     *
     * @return the server, which answers by now; the caller's to close
     * @throws UncheckedIOException if it cannot listen there, as when the port is taken or the host
     *     unknown
     */
    public RegistryHttpServer start() {
      var address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new UncheckedIOException(
            "no address is known for the host '" + host + "'", new UnknownHostException(host));
      }
      try {
        return new RegistryHttpServer(this, HttpServer.create(address, BACKLOG));
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot listen at " + host + ":" + port + ": " + e.getMessage(), e);
      }
    }
  }
}
