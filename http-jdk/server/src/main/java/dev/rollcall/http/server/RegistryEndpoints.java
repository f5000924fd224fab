package dev.rollcall.http.server;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.address.ClientAddress;
import dev.rollcall.http.server.address.HostName;
import dev.rollcall.http.server.address.PublicUrl;
import dev.rollcall.http.server.guard.ConcurrencyLimiter;
import dev.rollcall.http.server.guard.Guard;
import dev.rollcall.http.server.guard.HostGuard;
import dev.rollcall.http.server.guard.KeyGuard;
import dev.rollcall.http.server.guard.OriginGuard;
import dev.rollcall.http.server.guard.RateLimiter;
import dev.rollcall.http.server.memory.RequestMemory;
import dev.rollcall.http.server.pipeline.AsyncPings;
import dev.rollcall.http.server.pipeline.CommonHeaders;
import dev.rollcall.http.server.pipeline.ExceptionMapper;
import dev.rollcall.http.server.pipeline.Pipeline;
import dev.rollcall.http.server.pipeline.RequestReporter;
import dev.rollcall.http.server.pipeline.ResponseSender;
import dev.rollcall.http.server.request.BodyReader;
import dev.rollcall.http.server.request.RequestKind;
import dev.rollcall.http.server.response.ResponseJson;
import dev.rollcall.http.server.routing.AuditLog;
import dev.rollcall.http.server.routing.BatchPingEndpoint;
import dev.rollcall.http.server.routing.BuiltInEndpoints;
import dev.rollcall.http.server.routing.Cors;
import dev.rollcall.http.server.routing.HealthEndpoints;
import dev.rollcall.http.server.routing.HistoryEndpoints;
import dev.rollcall.http.server.routing.OutageLog;
import dev.rollcall.http.server.routing.PathEndpoints;
import dev.rollcall.http.server.routing.ReadinessProbe;
import dev.rollcall.http.server.routing.Routes;
import dev.rollcall.http.server.routing.ServiceEndpoints;
import dev.rollcall.http.server.routing.StatusEndpoint;
import dev.rollcall.http.server.spi.RequestListener;
import dev.rollcall.http.server.spi.ServerExchange;
import dev.rollcall.http.server.spi.StreamListener;
import dev.rollcall.http.server.stream.Watches;
import dev.rollcall.http.wire.LibraryVersion;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
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
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry's endpoints over HTTP, which know no HTTP server: an adapter passes them each
 * request as a {@link ServerExchange}. Rollcall brings one for the {@code HttpServer} of the JDK;
 * the example for Spring Boot has one for servlets.
 *
 * <p>Whatever a request holds, it gets a response of the protocol; errors are {@code
 * application/problem+json}.
 *
 * <p>What requests hold of the heap is bounded: bodies by a sixteenth of it, responses by an
 * eighth. What finds no room gets the response 503 with {@code Retry-After}.
 *
 * <p>Safe for use by any number of threads, and by several servers at once. Has nothing to close.
 *
 * <p>It has threads of its own only while there are event streams or requests that wait for a
 * change: a few daemons, {@code rollcall-stream}, for any number of streams. They end some seconds
 * after the last stream. An exchange that is not an {@link
 * dev.rollcall.http.server.spi.AsyncServerExchange} cannot be kept open: there a request for a
 * stream gets the list as JSON, and a request that would wait gets 501.
 */
public final class RegistryEndpoints {
  private static final String METRICS = "metrics";
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  private final Pipeline pipeline;
  private final AtomicBoolean isDraining = new AtomicBoolean();
  private final Watches watches;
  private final boolean isKeyRequired;

  private RegistryEndpoints(Builder builder) {
    var outage = new OutageLog(LOG, builder.nanoTime);
    var audit = new AuditLog(LOG, builder.addresses, builder.nanoTime);
    RequestMemory memory = RequestMemory.of(builder.heapBytes, builder.nanoTime);
    var answers = new ResponseJson(memory.answers());
    var serviceEndpoints =
        new ServiceEndpoints(builder.registry, outage, audit, builder.url(), answers);
    var reporter = new RequestReporter(LOG, builder.listeners, builder.nanoTime);
    var exceptionMapper = new ExceptionMapper(LOG, outage, audit, builder.nanoTime);
    var batchPingEndpoint =
        new BatchPingEndpoint(
            builder.registry,
            outage,
            audit,
            answers,
            exceptionMapper::problemOf,
            reporter::pingsRefused,
            builder.nanoTime);
    var probe = new ReadinessProbe(builder.registry, outage, builder.nanoTime);
    Map<String, PathEndpoints> health = new HealthEndpoints(probe, isDraining).resources();
    Map<String, PathEndpoints> fixed = new HashMap<>(builder.resources);
    if (builder.metrics.isPresent()) {
      fixed.put(METRICS, BuiltInEndpoints.metrics(builder.metrics.get(), memory.answers()));
    }
    fixed.putAll(BuiltInEndpoints.document());
    fixed.putAll(health);
    Set<String> alsoAtRoot = new HashSet<>(health.keySet());
    if (fixed.containsKey(METRICS)) {
      alsoAtRoot.add(METRICS);
    }
    var cors = new Cors(builder.corsOrigins);
    var sender =
        new ResponseSender(memory, new CommonHeaders(isDraining, cors), exceptionMapper, reporter);
    this.watches =
        new Watches(
            builder.registry,
            answers,
            memory,
            sender,
            builder.limits.maxWatches(),
            builder.heapBytes,
            builder.nanoTime,
            LOG,
            builder.streamListener);
    var statusEndpoint =
        new StatusEndpoint(builder.storeKind, probe, isDraining, watches, memory, builder.nanoTime);
    this.isKeyRequired = builder.keys.isPresent();
    this.pipeline =
        new Pipeline(
            new Routes(
                serviceEndpoints,
                batchPingEndpoint,
                new HistoryEndpoints(builder.registry, outage, answers),
                statusEndpoint,
                watches,
                fixed,
                alsoAtRoot,
                builder.isMetricsApart ? Set.of(METRICS) : Set.of(),
                cors),
            builder.guards(),
            new BodyReader(builder.limits.maxBodyBytes(), memory.bodies(), memory.slowClients()),
            new ConcurrencyLimiter(builder.limits.maxRequests(), builder.limits.maxLists()),
            memory,
            builder.addresses,
            sender,
            reporter,
            AsyncPings.of(builder.registry, serviceEndpoints, batchPingEndpoint));
  }

  /**
   * Returns endpoints with the default settings.
   *
   * @param registry what they serve; it stays the caller's to close, after the server
   * @return the endpoints
   */
  public static RegistryEndpoints of(ServiceRegistry registry) {
    return builder(registry).build();
  }

  /**
   * Returns a builder of endpoints.
   *
   * @param registry what they serve; it stays the caller's to close, after the server
   * @return the builder
   */
  public static Builder builder(ServiceRegistry registry) {
    return new Builder(registry);
  }

  /**
   * Answers one request. Blocks while the request arrives, for the registry's round trip to its
   * store, and while the client takes the response.
   *
   * <p>When it returns, the exchange has been completed; or, if it is an {@link
   * dev.rollcall.http.server.spi.AsyncServerExchange}, it may be completed or aborted later: a ping
   * of a registry that holds no thread for it, an event stream, or a request that waits for a
   * change.
   *
   * @param exchange the request and its response
   * @throws IOException if the client is gone, or there is no whole response for another reason,
   *     which has been logged; the adapter must end the connection
   */
  public void handle(ServerExchange exchange) throws IOException {
    pipeline.handle(exchange);
  }

  /**
   * Answers one request at a port for observation: {@code /health} and the paths below it, and
   * {@code /metrics} if there are metrics, all at the root. There is nothing else. Otherwise as
   * {@link #handle}.
   *
   * @param exchange the request and its response
   * @throws IOException as {@link #handle}
   */
  public void handleObserved(ServerExchange exchange) throws IOException {
    pipeline.handleObserved(exchange);
  }

  /**
   * Returns whether a client needs a service key to register.
   *
   * @return whether there are keys
   */
  public boolean isKeyRequired() {
    return isKeyRequired;
  }

  /**
   * Says from now on that the server is about to end: {@code /health/ready} is 503, and each
   * response ends its connection. Everything else is served as before. Idempotent.
   */
  public void drain() {
    isDraining.set(true);
  }

  /**
   * Interrupts the threads that send a response of which the client has taken nothing for 10
   * seconds, and those that read on after a refusal where the client is slow. For a server whose
   * blocked reads and writes an interrupt ends, to call about once a second. Does not block.
   */
  public void endStalledTransfers() {
    pipeline.slowClients().cutOffStalled();
  }

  /**
   * Ends the event streams and the requests that wait for a change, each with a last word that
   * tells its client where to go on; from now on others are refused with 503. For a server that
   * stops. Does not block. Idempotent.
   */
  public void endWatches() {
    watches.end();
  }

  /**
   * Waits until each request that {@link #handle} left to be answered later has been answered, and
   * each event stream has ended. For a server that stops, after {@link #endWatches()}, and whose
   * executor does not know of them.
   *
   * @param limit how long it waits at most
   * @throws InterruptedException if this thread is interrupted
   */
  public void awaitLateResponses(Duration limit) throws InterruptedException {
    long start = System.nanoTime();
    try {
      pipeline.awaitLateResponses(limit);
    } finally {
      watches.awaitEnd(limit.minusNanos(System.nanoTime() - start));
    }
  }

  /** Collects the settings of a {@link RegistryEndpoints}. Each setter checks what it is given. */
  public static final class Builder {
    private static final Pattern STORE_KIND = Pattern.compile("[a-z][a-z0-9+.-]{0,31}");

    private final ServiceRegistry registry;
    private Optional<PublicUrl> publicUrl = Optional.empty();
    private ClientAddress addresses = ClientAddress.CONNECTION;
    private Optional<ServiceKeys> keys = Optional.empty();
    private final Set<HostName> allowedHosts = new HashSet<>();
    private final Set<String> corsOrigins = new HashSet<>();
    private RequestLimits limits = RequestLimits.builder().build();
    private final Map<String, PathEndpoints> resources = new HashMap<>(BuiltInEndpoints.page());
    private final List<RequestListener> listeners = new ArrayList<>();
    private StreamListener streamListener = new StreamListener() {};
    private Optional<String> storeKind = Optional.empty();
    private Optional<Supplier<String>> metrics = Optional.empty();
    private boolean isMetricsApart;
    private boolean isKeyForReads;
    private LongSupplier nanoTime = System::nanoTime;
    private long heapBytes = Runtime.getRuntime().maxMemory();

    private Builder(ServiceRegistry registry) {
      LibraryVersion.checkJackson();
      this.registry = Objects.requireNonNull(registry, "registry");
    }

    /**
     * Sets where clients reach the endpoints; {@code ping_url} and {@code Location} are built from
     * it. Default: the scheme, the {@code Host} header if it is a plain host and port, else the
     * local address, and the path that the endpoints are mounted at.
     *
     * @param publicUrl an absolute http or https URL without query and fragment, which includes the
     *     path that the endpoints are mounted at, such as {@code https://registry.example/v2}
     * @return this
     * @throws IllegalArgumentException if it is not such a URL
     */
    public Builder publicUrl(URI publicUrl) {
      this.publicUrl = Optional.of(PublicUrl.of(publicUrl));
      return this;
    }

    /**
     * Believes the proxy before the server: {@code X-Forwarded-Proto}, {@code -Host} and {@code
     * -Prefix} say where clients reach the endpoints, if they are plain, and the last of {@code
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
     * Sets the keys that clients must send one of to register, ping and deregister. Default: none
     * is needed.
     *
     * @param keys what is valid
     * @return this
     */
    public Builder serviceKeys(ServiceKeys keys) {
      this.keys = Optional.of(keys);
      return this;
    }

    /**
     * Requires one of the {@link #serviceKeys} for reads as well, health checks excepted. Default:
     * reads need no key.
     *
     * @return this
     */
    public Builder keyForReads() {
      this.isKeyForReads = true;
      return this;
    }

    private boolean needsKey(RequestKind kind) {
      return switch (kind) {
        case PING, WRITE -> true;
        case READ, LIST, WATCH -> isKeyForReads;
        case PROBE, NONE -> false;
      };
    }

    /**
     * Adds a name that the endpoints answer to. Requests for other hosts than those that are named
     * here or in {@link #publicUrl}, and those of loopback ({@code localhost}, what ends in {@code
     * .localhost}, {@code 127.0.0.0/8} and {@code [::1]}), are then refused with 403, except for
     * {@code /health} and what is below it.
     *
     * <p>Default: no name is added. Then endpoints without {@linkplain #serviceKeys keys} refuse
     * them if their server listens at loopback addresses alone, so that no page in the browser of
     * somebody on this host can read and write here by a name of its own (DNS rebinding). Endpoints
     * with keys, or whose server listens at other addresses too, answer to any name.
     *
     * @param host a name or an address without a port; one of IPv6 in brackets
     * @return this
     * @throws IllegalArgumentException if it is neither
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
     * of the server's own origin. Default: no origin.
     *
     * @param origin a scheme and a host, and a port unless it is the usual, such as {@code
     *     https://dashboard.example}
     * @return this
     * @throws IllegalArgumentException if it is not such an origin
     */
    public Builder corsOrigin(String origin) {
      corsOrigins.add(PublicUrl.checkedOrigin(origin));
      return this;
    }

    /**
     * Sets how much the endpoints take at once. Default: those of {@link RequestLimits}.
     *
     * @param limits the limits
     * @return this
     */
    public Builder limits(RequestLimits limits) {
      this.limits = Objects.requireNonNull(limits, "limits");
      return this;
    }

    /**
     * Sets the clock of rate limits, health checks and slow clients. Default: {@link
     * System#nanoTime}.
     *
     * @param nanoTime the clock, in nanoseconds
     * @return this
     */
    public Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
      return this;
    }

    /** Sets what heap to divide among requests under way. Default: all that the JVM may have. */
    Builder heapBytes(long heapBytes) {
      this.heapBytes = heapBytes;
      return this;
    }

    /**
     * Adds a listener, which hears of each completed request. Default: no listener.
     *
     * @param listener is called after those that were added before
     * @return this
     */
    public Builder listener(RequestListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Sets what hears how event streams and requests that wait do. Default: nothing does.
     *
     * @param listener hears it, in place of one that was set before
     * @return this
     */
    public Builder streamListener(StreamListener listener) {
      this.streamListener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets what kind of store the registry has, for {@code /services/$status} and the page.
     * Default: they do not say.
     *
     * @param kind as the scheme of a URI, such as {@code memory} or {@code valkey}: 1 to 32
     *     characters of {@code a-z 0-9 + . -} of which the first is a letter
     * @return this
     * @throws IllegalArgumentException if it has not that form
     */
    public Builder storeKind(String kind) {
      if (!STORE_KIND.matcher(kind).matches()) {
        throw new IllegalArgumentException(
            "a storeKind is 1 to 32 characters of a-z 0-9 + . - and starts with a letter, as in"
                + " memory; not '"
                + kind
                + "'");
      }
      this.storeKind = Optional.of(kind);
      return this;
    }

    /**
     * Serves metrics at {@code /metrics}. Default: the path does not exist.
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
     * Leaves {@code /metrics} out of what {@link RegistryEndpoints#handle} serves, so that they are
     * only at a port for observation, such as {@code RegistryHttpServer.Builder.observePort}.
     * Default: they are at both.
     *
     * @return this
     */
    public Builder metricsApart() {
      isMetricsApart = true;
      return this;
    }

    /**
     * Leaves out the page that shows the services to people at {@code /}. Default: it is there.
     *
     * @return this
     */
    public Builder withoutPage() {
      resources.keySet().removeAll(BuiltInEndpoints.page().keySet());
      return this;
    }

    private PublicUrl url() {
      return publicUrl.isPresent() ? publicUrl.get() : addresses.publicUrl();
    }

    /** The rate limit comes first, so that it bounds the guesses at a key as well. */
    private List<Guard> guards() {
      List<Guard> all = new ArrayList<>();
      if (limits.rateLimit() > 0) {
        all.add(new RateLimiter(limits.rateLimit(), limits.rateBurst(), nanoTime, addresses));
      }
      if (keys.isEmpty() || !allowedHosts.isEmpty()) {
        Set<HostName> named = new HashSet<>(allowedHosts);
        if (publicUrl.isPresent()) {
          publicUrl.get().configuredHost().ifPresent(named::add);
        }
        all.add(new HostGuard(named, !allowedHosts.isEmpty()));
      }
      all.add(new OriginGuard(url()));
      if (keys.isPresent()) {
        all.add(new KeyGuard(this::needsKey, keys.get()::scopeOf));
      }
      return all;
    }

    /**
     * Builds the endpoints.
     *
     * @return the endpoints
     * @throws IllegalArgumentException if reads need a key and there are no {@link #serviceKeys}
     */
    public RegistryEndpoints build() {
      if (isKeyForReads && keys.isEmpty()) {
        throw new IllegalArgumentException(
            "keyForReads needs serviceKeys; set them, or leave keyForReads out");
      }
      return new RegistryEndpoints(this);
    }
  }
}
