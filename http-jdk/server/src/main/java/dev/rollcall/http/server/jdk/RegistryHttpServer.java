package dev.rollcall.http.server.jdk;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.address.PublicUrl;
import dev.rollcall.http.server.log.LogEvent;
import dev.rollcall.http.server.log.SafeLog;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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
 * <p>Requests run on virtual threads where the JVM has them and blocked ones hold no carrier (24
 * and later), else on daemon threads {@code rollcall-http}, as many as there are requests under
 * way. The JDK's dispatcher thread inherits the daemon flag of the thread that calls {@link
 * Builder#start()}: started from {@code main}, the server keeps the JVM up until it is closed.
 *
 * <p>The JDK limits the time, the headers and the connections of its servers only by system
 * properties, for the whole process; call {@link JdkServerLimits#setDefaults()} before the first
 * {@code HttpServer} of the process is created.
 *
 * <p>An {@code Error} may end one of the threads that the JDK's server has of its own. Then another
 * server takes its place at the same port, or, where that fails, it is closed; both are logged.
 *
 * <p>If there is another provider of {@code HttpServer} on the class path, the server is that
 * provider's. There an event stream, and a ping that waits, hold a thread each. The guide to the
 * ways of use says which providers were tested, and what they cannot do.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RegistryHttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  private final JdkServer listener;
  private final Optional<JdkServer> observer;
  private final InetSocketAddress address;
  private final Duration drainDelay;
  private final Duration drainTime;
  private final ReentrantLock closing = new ReentrantLock();
  private boolean closed;

  private RegistryHttpServer(Builder builder, JdkServer listener, Optional<JdkServer> observer) {
    this.listener = listener;
    this.observer = observer;
    // Or it would say for ever that a server is alive which nobody can reach.
    observer.ifPresent(each -> listener.whenBrokenDown(each::discard));
    this.address = listener.address();
    this.drainDelay = builder.drainDelay;
    this.drainTime = builder.drainTime;
    SafeLog.log(LOG, () -> logStart(builder));
  }

  private void logStart(Builder builder) {
    String urls = listener.urls().stream().map(URI::toString).collect(Collectors.joining(","));
    LogEvent started = LogEvent.of(LOG, Level.INFO, "server.started").with("urls", urls);
    observer.ifPresent(each -> started.with("observe_url", each.url()));
    builder.startedFields.forEach(started::with);
    started.log();
    if (!address.getAddress().isLoopbackAddress() && !builder.endpoints.isKeyRequired()) {
      LogEvent.of(LOG, Level.WARN, "server.without_key")
          .with("address", address)
          .with("detail", "whoever reaches it can register and deregister")
          .log();
    }
  }

  /**
   * Returns a builder of a server of a registry, with the default settings of {@link
   * RegistryEndpoints}.
   *
   * @param registry what it serves; it stays the caller's to close, after the server
   * @return the builder
   */
  public static Builder builder(ServiceRegistry registry) {
    return builder(RegistryEndpoints.of(registry));
  }

  /**
   * Returns a builder of a server of endpoints.
   *
   * @param endpoints answer the requests
   * @return the builder
   */
  public static Builder builder(RegistryEndpoints endpoints) {
    return new Builder(endpoints);
  }

  /**
   * Returns where it listens.
   *
   * @return the local address, with the port that was chosen if it was left open
   */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Returns where it listens for observation.
   *
   * @return the local address; empty without {@link Builder#observePort}
   */
  public Optional<InetSocketAddress> observeAddress() {
    return observer.map(JdkServer::address);
  }

  /**
   * Returns the URL of its root, for clients on this host: what {@code HttpServiceRegistry} takes.
   *
   * @return the URL, with the base path and without a slash at its end
   */
  public URI url() {
    return listener.url();
  }

  /**
   * Stops: {@code /health/ready} says 503 and each answer ends its connection, for the {@linkplain
   * Builder#drainDelay drain delay}; then it finishes the requests that have begun to arrive, takes
   * no others, and closes what is open. A request either runs to its answer or not at all, unless
   * the {@linkplain Builder#drainTime drain time} ends first.
   *
   * <p>Idempotent. Blocks for the drain delay, and while requests run, for the drain time at most;
   * if the calling thread is interrupted, it waits no longer. A request handler must not call it.
   */
  @Override
  public void close() {
    closing.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      try {
        listener.stop(drainDelay, drainTime);
      } finally {
        // Last: until then it says that this server is alive, and not ready. Nobody waits for it.
        observer.ifPresent(each -> each.stop(Duration.ZERO, Duration.ZERO));
      }
    } finally {
      closing.unlock();
    }
  }

  /**
   * Collects the settings of a {@link RegistryHttpServer}. Each setter checks its argument at once.
   */
  public static final class Builder {
    private static final int MAX_PORT = 65_535;

    private static final Duration MAX_DRAIN = Duration.ofHours(1);

    private final RegistryEndpoints endpoints;
    private String host = "127.0.0.1";
    private int port;
    private OptionalInt observePort = OptionalInt.empty();
    private Optional<String> observeHost = Optional.empty();
    private String basePath = "";
    private Optional<ServerTls> tls = Optional.empty();
    private Duration drainDelay = Duration.ZERO;
    private Duration drainTime = Duration.ofSeconds(10);
    private final Map<String, Object> startedFields = new LinkedHashMap<>();

    private Builder(RegistryEndpoints endpoints) {
      this.endpoints = Objects.requireNonNull(endpoints, "endpoints");
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
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder port(int port) {
      this.port = checked(port);
      return this;
    }

    /**
     * Serves {@code /health} and {@code /metrics} at a port of their own, too, which a firewall can
     * keep to those who watch over the server. It has the same keys, TLS and limits, and stops
     * after the other, or with it if that is closed because it broke. {@code
     * RegistryEndpoints.Builder.metricsApart} leaves the metrics out of the other one. Default:
     * there is no such port.
     *
     * @param port 1 to 65,535, or 0 for any that is free
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder observePort(int port) {
      this.observePort = OptionalInt.of(checked(port));
      return this;
    }

    /**
     * Sets the address to listen at for observation. Default: as {@link #host}.
     *
     * @param host a name or an address of this host; {@code 0.0.0.0} for all of them
     * @return this
     */
    public Builder observeHost(String host) {
      this.observeHost = Optional.of(host);
      return this;
    }

    private static int checked(int port) {
      if (port < 0 || port > MAX_PORT) {
        throw new IllegalArgumentException("a port is 0 to " + MAX_PORT + ", not " + port);
      }
      return port;
    }

    /**
     * Sets the path before {@code /services}. Default: none.
     *
     * @param basePath segments of {@code A-Z a-z 0-9 . _ ~ -}, each after a slash, such as {@code
     *     /v2}; a slash alone for none
     * @return this
     * @throws IllegalArgumentException if it is not such a path
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
     * Speaks TLS, as {@code https}. Default: plain HTTP.
     *
     * @param tls the certificate and its key
     * @return this
     */
    public Builder tls(ServerTls tls) {
      this.tls = Optional.of(tls);
      return this;
    }

    /**
     * Sets how long {@link RegistryHttpServer#close()} goes on serving before it stops, so that a
     * load balancer that asks {@code /health/ready} has time to send requests elsewhere. Default:
     * 0.
     *
     * @param drainDelay 0 to 1 hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder drainDelay(Duration drainDelay) {
      this.drainDelay = checked("drainDelay", drainDelay);
      return this;
    }

    /**
     * Sets how long {@link RegistryHttpServer#close()} waits for the requests that run. Default: 10
     * seconds.
     *
     * @param drainTime 0 to 1 hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder drainTime(Duration drainTime) {
      this.drainTime = checked("drainTime", drainTime);
      return this;
    }

    /**
     * Adds a field to the log's event {@code server.started}, such as which store the registry has.
     * Default: only the URLs.
     *
     * @param name the field's name
     * @param value is logged as it is: nothing secret
     * @return this
     */
    public Builder startedField(String name, Object value) {
      startedFields.put(
          Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
      return this;
    }

    private static Duration checked(String name, Duration time) {
      if (time.isNegative() || time.compareTo(MAX_DRAIN) > 0) {
        throw new IllegalArgumentException("a " + name + " is 0 to 1 h, not " + time);
      }
      return time;
    }

    /**
     * Starts the server.
     *
     * @return the server, which answers by now; the caller's to close
     * @throws UncheckedIOException if it cannot listen there, as when the port is taken or the host
     *     unknown
     */
    public RegistryHttpServer start() {
      // First, or a service might register at a server that then does not start.
      Optional<JdkServer> observer = observer();
      boolean isStarted = false;
      try {
        var server =
            new RegistryHttpServer(
                this,
                JdkServer.open(endpoints, endpoints::handle, basePath, host, port, tls),
                observer);
        isStarted = true;
        return server;
      } finally {
        if (!isStarted) {
          observer.ifPresent(JdkServer::discard);
        }
      }
    }

    private Optional<JdkServer> observer() {
      return observePort.isPresent()
          ? Optional.of(
              JdkServer.open(
                  endpoints,
                  endpoints::handleObserved,
                  "",
                  observeHost.orElse(host),
                  observePort.getAsInt(),
                  tls))
          : Optional.empty();
    }
  }
}
