package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.wire.LibraryVersion;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry's endpoints, for an {@code HttpServer} that the application owns. It may stand under
 * any path:
 *
 * <pre>{@code
 * HttpServer server = HttpServer.create(new InetSocketAddress(9000), 0);
 * server.setExecutor(executor);
 * server.createContext("/v2", RegistryHandler.of(registry));
 * server.start();
 * }</pre>
 *
 * <p>Each request blocks its thread for the registry's round trip to its store, so the server wants
 * an executor: without one the JDK runs every handler on its one dispatcher thread.
 *
 * <p>Safe for use by any number of threads, and by several contexts at once. Whatever a request
 * holds, it gets an answer of the protocol; errors are {@code application/problem+json}. What is no
 * HTTP, or has a target that {@link URI} cannot read such as {@code /services/%zz}, never comes to
 * a handler: the JDK's server answers it 400 with a short page of its own, and ends the connection.
 *
 * <p>What requests hold of the heap is bounded: bodies by a sixteenth of it, answers by an eighth.
 * What finds no room is answered 503 with {@code Retry-After}.
 *
 * <p>The JDK's server bounds no request in time, so a client that stalls holds its thread; set
 * {@code -Dsun.net.httpserver.maxReqTime} and {@code maxRspTime}, in seconds, where clients are not
 * to be trusted.
 *
 * <p>Without {@code sun.net.httpserver.nodelay} each answer waits 40 ms for the client's delayed
 * acknowledgement. The JDK reads that property when it makes its first server; this library sets it
 * to {@code true} in time, unless it is set.
 */
public final class RegistryHandler implements HttpHandler {
  private static final String METRICS = "metrics";
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  static {
    Nodelay.enable();
  }

  private final Pipeline pipeline;
  private final AtomicBoolean isDraining = new AtomicBoolean();
  private final boolean needsKey;

  private RegistryHandler(Builder builder) {
    var outage = new StoreOutage(LOG);
    var events = new Events(LOG, builder.addresses);
    RequestMemory memory = RequestMemory.of(builder.heapBytes, builder.nanoTime);
    var answers = new AnswerWriter(memory.answers());
    var operations = new Operations(builder.registry, outage, events, builder.url(), answers);
    var probe = new StoreProbe(builder.registry, outage, builder.nanoTime);
    Map<String, Resource> health = new Health(probe, isDraining).resources();
    Map<String, Resource> fixed = new HashMap<>(builder.resources);
    builder.metrics.ifPresent(
        scrape -> fixed.put(METRICS, SelfDescription.metrics(scrape, memory.answers())));
    fixed.putAll(SelfDescription.document());
    fixed.putAll(health);
    Set<String> alsoAtRoot = new HashSet<>(health.keySet());
    if (fixed.containsKey(METRICS)) {
      alsoAtRoot.add(METRICS);
    }
    var cors = new Cors(builder.corsOrigins);
    this.needsKey = builder.keys.isPresent();
    this.pipeline =
        new Pipeline(
            new Routes(operations, fixed, alsoAtRoot, cors),
            builder.guards(),
            builder.limits,
            memory,
            builder.addresses,
            new AnswerHeaders(isDraining, cors),
            new Failures(
                LOG,
                outage,
                new RefusalEpisode(LOG, "registry.full", builder.nanoTime),
                new RefusalEpisode(LOG, "registry.busy", builder.nanoTime),
                events),
            new Observers(LOG, builder.addresses, builder.listeners),
            AsyncPings.of(builder.registry, operations));
  }

  /**
   * Makes a handler with the default settings.
   *
   * @param registry what it serves; it stays the caller's to close, after the server
   * @return the handler
   */
  public static RegistryHandler of(ServiceRegistry registry) {
    return builder(registry).build();
  }

  /**
   * Starts a handler.
   *
   * @param registry what it serves; it stays the caller's to close, after the server
   * @return the builder
   */
  public static Builder builder(ServiceRegistry registry) {
    return new Builder(registry);
  }

  /**
   * Answers one request. Blocks for the registry's round trip to its store.
   *
   * @throws IOException if the client is gone
   */
  @Override
  public void handle(HttpExchange exchange) throws IOException {
    pipeline.handle(exchange);
  }

  /** Says from now on that it is not ready, and ends each connection with its next answer. */
  void drain() {
    isDraining.set(true);
  }

  /** Says whether whoever reaches it needs a service key to write. */
  boolean needsKey() {
    return needsKey;
  }

  /** Returns the way of its requests, for the server that is its own. */
  Pipeline pipeline() {
    return pipeline;
  }

  /** Collects the settings of a {@link RegistryHandler}. Each setter checks what it is given. */
  public static final class Builder {
    private final ServiceRegistry registry;
    private Optional<PublicUrl> publicUrl = Optional.empty();
    private ClientAddress addresses = ClientAddress.CONNECTION;
    private Optional<ServiceKeys> keys = Optional.empty();
    private final Set<HostName> allowedHosts = new HashSet<>();
    private final Set<String> corsOrigins = new HashSet<>();
    private RequestLimits limits = RequestLimits.builder().build();
    private final Map<String, Resource> resources = new HashMap<>(SelfDescription.page());
    private final List<RequestListener> listeners = new ArrayList<>();
    private Optional<Supplier<String>> metrics = Optional.empty();
    private LongSupplier nanoTime = System::nanoTime;
    private long heapBytes = Runtime.getRuntime().maxMemory();

    private Builder(ServiceRegistry registry) {
      LibraryVersion.checkJackson();
      this.registry = Objects.requireNonNull(registry, "registry");
    }

    /**
     * Sets where clients reach the handler; {@code ping_url} and {@code Location} are built from
     * it. Default: the scheme, the {@code Host} header if it is a plain host and port, else the
     * local address, and the path of the context.
     *
     * @param publicUrl an absolute http or https URL without query and fragment, the path that the
     *     handler stands under included, such as {@code https://registry.example/v2}
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder publicUrl(URI publicUrl) {
      this.publicUrl = Optional.of(PublicUrl.of(publicUrl));
      return this;
    }

    /**
     * Believes the proxy before the server: {@code X-Forwarded-Proto}, {@code -Host} and {@code
     * -Prefix} say where clients reach the handler, if they are plain, and the last of {@code
     * X-Forwarded-For} who a client is. Only for a server that nobody reaches but through a proxy
     * that sets or removes these headers. Default: they are not looked at.
     *
     * @return this
     */
    public Builder trustForwarded() {
      this.addresses = ClientAddress.FORWARDED;
      return this;
    }

    /**
     * Sets the keys that clients must send one of. Default: none is needed.
     *
     * @param keys what is valid, and for what it is required
     * @return this
     */
    public Builder serviceKeys(ServiceKeys keys) {
      this.keys = Optional.of(keys);
      return this;
    }

    /**
     * Adds a name that the handler answers to. Requests for other hosts than those that are named
     * here or in {@link #publicUrl}, and those of loopback ({@code localhost}, what ends in {@code
     * .localhost}, {@code 127.0.0.0/8} and {@code [::1]}), are then refused with 403; of the path
     * {@code /health} and those below it none is.
     *
     * <p>Default: no name is added. Then a handler without {@linkplain #serviceKeys keys} refuses
     * them if its server listens at a loopback address alone, so that no page in the browser of
     * somebody on this host can read and write here by a name of its own (DNS rebinding). A handler
     * with keys, or whose server listens at other addresses too, answers to any name.
     *
     * @param host a name or an address without a port; one of IPv6 in brackets
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder allowedHost(String host) {
      allowedHosts.add(
          HostName.of(host)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "an allowedHost is a name or an address without a port, as in"
                              + " registry.example or [2001:db8::1]; not '"
                              + host
                              + "'")));
      return this;
    }

    /**
     * Adds an origin whose pages may read in browsers: answers to GET and HEAD say so by the
     * headers of CORS. Writes of pages are refused with 403 whatever is named here, unless they are
     * of the server's own origin. Default: there is none.
     *
     * @param origin a scheme and a host, and a port unless it is the usual, such as {@code
     *     https://dashboard.example}
     * @return this
     * @throws IllegalArgumentException if it is not so
     */
    public Builder corsOrigin(String origin) {
      corsOrigins.add(PublicUrl.checkedOrigin(origin));
      return this;
    }

    /**
     * Sets how much the handler takes upon itself. Default: those of {@link RequestLimits}.
     *
     * @param limits the limits
     * @return this
     */
    public Builder limits(RequestLimits limits) {
      this.limits = Objects.requireNonNull(limits, "limits");
      return this;
    }

    /** Sets the clock of rate limits and health checks. Default: the system's. */
    Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      return this;
    }

    /** Sets what heap to divide among requests under way. Default: all that the JVM may have. */
    Builder heapBytes(long heapBytes) {
      this.heapBytes = heapBytes;
      return this;
    }

    /**
     * Adds what is told of each request that was answered. Default: nothing is.
     *
     * @param listener is called after those that were added before
     * @return this
     */
    public Builder listener(RequestListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Serves metrics at {@code /metrics}. Default: there is no such path.
     *
     * @param scrape makes the metrics in Prometheus' text format 0.0.4, on the thread of a request;
     *     requests that wait for it share what it makes
     * @return this
     */
    public Builder metrics(Supplier<String> scrape) {
      metrics = Optional.of(scrape);
      return this;
    }

    /**
     * Leaves out the page that shows the services to people at {@code /}. Default: it is there.
     *
     * @return this
     */
    public Builder withoutPage() {
      resources.keySet().removeAll(SelfDescription.page().keySet());
      return this;
    }

    private PublicUrl url() {
      return publicUrl.orElseGet(addresses::publicUrl);
    }

    /** The rate limit comes first, so that it bounds the guesses at a key as well. */
    private List<Guard> guards() {
      List<Guard> all = new ArrayList<>();
      RateLimit.of(limits, nanoTime, addresses).ifPresent(all::add);
      if (keys.isEmpty() || !allowedHosts.isEmpty()) {
        Set<HostName> named = new HashSet<>(allowedHosts);
        publicUrl.flatMap(PublicUrl::configuredHost).ifPresent(named::add);
        all.add(new HostGuard(named, !allowedHosts.isEmpty()));
      }
      all.add(new OriginGuard(url()));
      keys.map(KeyGuard::new).ifPresent(all::add);
      return all;
    }

    /**
     * Builds the handler.
     *
     * @return the handler
     */
    public RegistryHandler build() {
      return new RegistryHandler(this);
    }
  }
}
