package dev.rollcall.http.client;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.Service;
import dev.rollcall.ServiceId;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.http.client.log.TextSanitizer;
import dev.rollcall.http.client.protocol.Endpoints;
import dev.rollcall.http.client.protocol.ErrorDecoder;
import dev.rollcall.http.client.protocol.ProtocolRequest;
import dev.rollcall.http.client.protocol.ProtocolRequests;
import dev.rollcall.http.client.stream.StreamedWatch;
import dev.rollcall.http.client.transport.ClientTls;
import dev.rollcall.http.client.transport.PingBatches;
import dev.rollcall.http.client.transport.Transport;
import dev.rollcall.http.client.transport.TransportSettings;
import dev.rollcall.http.wire.LibraryVersion;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.LeasePing;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

/**
 * A registry that is reached over HTTP: a Rollcall server, or a Python orchestrator of the same
 * protocol.
 *
 * <pre>{@code
 * try (ServiceRegistry registry = HttpServiceRegistry.connect("http://registry:9000");
 *     Registrar registrar = Registrar.builder(registry, registration).build()) {
 *   registrar.start();
 *   serve();
 * }
 * }</pre>
 *
 * <p>Safe for use by any number of threads, which share its connections. A call runs on the
 * caller's thread and blocks until the answer is read, for the {@linkplain Builder#timeout timeout}
 * at most; only the system's look-up of a host name cannot be interrupted. An interrupt ends a wait
 * for a connection at once, and a wait for an answer at the latest when the timeout is over; the
 * call then fails as unavailable, and the flag stays set.
 *
 * <p><b>Answers.</b> An answer counts only if a registry wrote it. A success has the form that the
 * protocol gives it. A refusal is JSON with a {@code detail}, or with a type of Rollcall's or
 * servicekit's:
 *
 * <ul>
 *   <li>404 for a service that the registry does not know is an empty {@code Optional}; for an
 *       update, a {@link dev.rollcall.LeaseEndedException}
 *   <li>409 for a ping, an update or a deregistration is a {@link
 *       dev.rollcall.LeaseSupersededException}
 *   <li>401 and 403 are a {@link dev.rollcall.AccessDeniedException}
 *   <li>408, 429 and all from 500 on are a {@link RegistryUnavailableException} with the server's
 *       {@code Retry-After}, cut to an hour
 *   <li>every other refusal is a {@link RejectedException}
 * </ul>
 *
 * <p>Any other answer, such as a login page, the error page of a proxy, a redirect, or the answer
 * of another application, is not a registry's. The call fails with a {@link
 * RegistryUnavailableException} that shows the status, the content type and how the answer starts.
 * A 404 of that kind to a ping counts as the registry's once no registry has answered a ping of the
 * service for as long as the lease lasts, 30 seconds at most: so a service is not lost for ever
 * behind a proxy that rewrites the registry's errors.
 *
 * <p>A wrong base path never makes a service unknown, or a registration refused: a 404 for a path
 * that does not exist, such as FastAPI's {@code {"detail":"Not Found"}}, a 404 for a registration
 * or a list, and any 405 are a {@link RegistryUnavailableException} that names the path. A ping is
 * never empty while a Rollcall server says that it has no such path.
 *
 * <p><b>Connections.</b> If a pooled connection breaks during a request, the request is repeated on
 * another one, which is safe for each operation. But a {@link #deregister} whose first answer was
 * lost may return empty although it removed the service. Another implementation of the protocol may
 * remove a service without showing it. The result then has only the id; its url and info are empty,
 * and all its times are that of the call.
 *
 * <p>A service is pinged at the URL that the answer to its registration names, if that is the same
 * server: scheme, host and port. The service key is sent to no other server, and redirects are not
 * followed.
 *
 * <p><b>Several servers.</b> Where the URL names more servers than one, a call that the first does
 * not answer goes to the next, within the timeout: each server is tried once, and each gets an
 * equal share of the time that is left. A server does not answer if there is no connection, if it
 * breaks, or if the answer is late or is 500, 502, 503 or 504, except that the registry is busy or
 * full. The server that answered is called first from then on. A call whose answer begins, and then
 * hangs or breaks off, fails; the next call goes to another server. An earlier one is asked every 5
 * to 10 seconds, while there are calls, whether it is well again, and is then called first. If it
 * fails within a minute after that, the time until it is asked again doubles, up to 160 to 320
 * seconds. The servers must share one store: what one of them says counts for all. A registration
 * that may have arrived is not sent to a second server: it fails, and the next attempt of its
 * caller goes there. Watches go on at another server from where they were, also if a server has no
 * place for one more stream.
 *
 * <p>A proxy of the JVM's (system properties, {@link java.net.ProxySelector#setDefault}) is used;
 * one that asks for a password gets what {@link java.net.Authenticator#setDefault} has for it, by
 * the scheme Basic.
 *
 * <p>The calls of {@link AsyncRegistry}, which a {@link dev.rollcall.registrar.Registrar} uses, run
 * on daemon threads that end when idle: one for each call under way, at most 2,048. If a call fails
 * and no other was answered since it began, no idle connection is used again, and the host name is
 * looked up anew.
 */
public final class HttpServiceRegistry implements ServiceRegistry, AsyncRegistry {
  private final Endpoints endpoints;
  private final ProtocolRequests requests;
  private final Transport transport;
  private final PingBatches pingBatches;
  private final InstantSource wallClock;
  private final Duration streamRetry;
  private final Set<StreamedWatch> watches = ConcurrentHashMap.newKeySet();

  private HttpServiceRegistry(Builder builder) {
    TransportSettings settings = builder.transport;
    this.endpoints = settings.endpoints();
    this.wallClock = settings.wallClock();
    this.requests =
        new ProtocolRequests(
            endpoints,
            new ErrorDecoder(wallClock, new TextSanitizer(settings.secrets())),
            wallClock,
            settings.nanoTime);
    this.transport = new Transport(settings, requests::probe);
    this.pingBatches = new PingBatches(requests, transport, settings.nanoTime);
    this.streamRetry = builder.streamRetry;
  }

  /**
   * Returns the registry at a URL, with the default settings. Nothing is sent before the first
   * call.
   *
   * @param url where it is; see {@link #builder}
   * @return the registry, the caller's to close
   * @throws IllegalArgumentException if the URL is malformed; see {@link #builder}
   * @throws IllegalStateException if Jackson or OkHttp is too old; see {@link #builder}
   */
  public static HttpServiceRegistry connect(String url) {
    return builder(url).build();
  }

  /**
   * Returns a builder of a registry at a URL.
   *
   * @param url its root, under whatever path, such as {@code http://registry:9000/v2}; or its
   *     {@code …/services}; or its {@code …/services/$register}, as {@code
   *     SERVICEKIT_ORCHESTRATOR_URL} has it. A registry of several servers that share a store has
   *     up to 8 such URLs, with a comma between two, the preferred one first: {@code
   *     http://one:9000,http://other:9000}
   * @return the builder
   * @throws IllegalArgumentException if one of them is not absolute, http or https, if it has user
   *     info, a query or a fragment, or if it is there twice
   * @throws IllegalStateException if Jackson is older than 2.18.2, or OkHttp than 4.9
   */
  public static Builder builder(String url) {
    return new Builder(url);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The answer does not tell when the lease ends, so {@link Lease#expiresAt()} is counted from
   * the call, by this host's clock. A registration without an id is sent with a new {@link
   * dev.rollcall.Ulid}, so that it stays one where a connection breaks and it is sent again.
   * Another implementation may know no lease ids, or choose the id itself.
   *
   * @throws RegistryUnavailableException if the registry could not be asked, or what answered is
   *     not a registry; the service may or may not be registered, and calling again is safe
   */
  @Override
  public Lease register(Registration registration) {
    return transport.call(requests.register(registration));
  }

  @Override
  public CompletableFuture<Lease> registerAsync(Registration registration, Duration timeout) {
    return transport.callAsync(requests.register(registration), timeout);
  }

  @Override
  public Optional<Lease> ping(String id, Fence fence) {
    Objects.requireNonNull(fence, "fence");
    return call(id, () -> requests.ping(id, fence));
  }

  @Override
  public CompletableFuture<Optional<Lease>> pingAsync(String id, Fence fence, Duration timeout) {
    return callAsync(id, () -> requests.ping(id, fence), timeout);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Sends one request for up to 1,000 pings. The answer counts only if it has an outcome for
   * each ping, in order; otherwise all pings of the request fail.
   *
   * <p>A registry may refuse such a request: a Python orchestrator and an older server do not know
   * it (404 or 405), and a server may take only small bodies (413). Its pings are then sent singly,
   * up to 64 at a time, in what is left of the timeout. For the next 5 minutes all pings are sent
   * singly. A service that has a ping URL of its own is always pinged there.
   */
  @Override
  public List<CompletableFuture<Optional<Lease>>> pingAllAsync(
      List<LeasePing> pings, Duration timeout) {
    return pingBatches.send(pings, timeout);
  }

  /**
   * Returns whether several pings are sent as one request: true, except for 5 minutes after the
   * registry has refused one.
   */
  @Override
  public boolean combinesPings() {
    return pingBatches.areAccepted();
  }

  @Override
  public Optional<Service> deregister(String id, Fence fence) {
    Objects.requireNonNull(fence, "fence");
    return call(id, () -> requests.deregister(id, fence));
  }

  @Override
  public CompletableFuture<Optional<Service>> deregisterAsync(
      String id, Fence fence, Duration timeout) {
    return callAsync(id, () -> requests.deregister(id, fence), timeout);
  }

  @Override
  public Optional<Service> find(String id) {
    return call(id, () -> requests.find(id));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Entries that are not services are left out, and so are those that cannot be read, for
   * example because of a number of more than 1,000 digits, or a size of more than 16 MB.
   */
  @Override
  public List<Service> list() {
    return list(Query.all());
  }

  /**
   * {@inheritDoc}
   *
   * <p>The registry is asked for these services alone. One that knows no queries answers with all
   * services, of which those that do not match are left out here. All services are also asked for
   * where the query is too long for a URL. If the services take more than half of the heap, the
   * call fails with a {@link RegistryUnavailableException}.
   */
  @Override
  public List<Service> list(Query query) {
    return transport.call(requests.list(query));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Reads a stream of events, on a connection and a daemon thread {@code rollcall-watch-http} of
   * its own. Streams end every minute at most, and are opened again from where they were, at this
   * server or another. While that fails it is tried again, after 100 ms to 5 s at random; what is
   * known is stale once the stream has been lost for 2 seconds, until a stream or a list has come.
   * A stream is lost when it breaks, when nothing has come for 25 seconds, or when it lasts longer
   * than 90 seconds, as none does that a registry writes. Where the registry has no streams, as a
   * Python orchestrator, or no place for one more, or a proxy holds them back so that nothing comes
   * for 25 seconds, its list is asked for every 5 seconds, and a stream is tried again every
   * minute, later less often where nothing came. What happened to a service that is missing after a
   * stream could not be taken up is not known: it counts as {@link
   * dev.rollcall.discovery.Change.Type#LOST}. Services that take more than a quarter of the heap
   * make the watch stale.
   *
   * @throws IllegalStateException if this is closed
   */
  @Override
  public Watch watch(Query query, WatchListener listener) {
    Objects.requireNonNull(listener, "listener");
    if (query.isPaged()) {
      throw new IllegalArgumentException(
          "a query with a limit or an after cannot be watched: " + query);
    }
    StreamedWatch[] watch = new StreamedWatch[1];
    watch[0] =
        new StreamedWatch(
            query,
            listener,
            requests,
            transport,
            wallClock,
            streamRetry,
            (asked, told) -> ServiceRegistry.super.watch(asked, told),
            () -> watches.remove(watch[0]));
    watches.add(watch[0]);
    boolean isStarted = false;
    try {
      transport.checkOpen();
      watch[0].start();
      isStarted = true;
      return watch[0];
    } finally {
      if (!isStarted) {
        watches.remove(watch[0]);
      }
    }
  }

  /**
   * Closes the connections and cancels the calls that are under way; those fail as unavailable.
   * Registered services stay until their leases end.
   *
   * <p>Ends the watches, one after the other, and waits for each listener that is being called, for
   * 5 seconds at most. Idempotent. Threads that OkHttp and okio share among all clients of a class
   * loader end a minute after their last work; until then they keep the class loader alive.
   */
  @Override
  public void close() {
    transport.close();
    List.copyOf(watches).forEach(Watch::close);
  }

  /**
   * {@inheritDoc}
   *
   * <p>It is there, and asks the registry when it is called. If the registry keeps no history, each
   * of its calls throws a {@link dev.rollcall.RejectedException}.
   */
  @Override
  public Optional<History> history() {
    return Optional.of(new RemoteHistory());
  }

  private final class RemoteHistory implements History {
    @Override
    public List<ServiceEvent> of(String id) {
      return Collections.unmodifiableList(call(id, () -> requests.history(id)).orElse(List.of()));
    }

    @Override
    public List<ServiceEvent> newest(EventQuery query) {
      return transport.call(requests.events(query));
    }
  }

  /**
   * Makes a call about one service. No registry needs to be asked about an id that is not valid.
   */
  private <T> Optional<T> call(String id, Supplier<ProtocolRequest<Optional<T>>> request) {
    transport.checkOpen();
    return ServiceId.isValid(id) ? transport.call(request.get()) : Optional.empty();
  }

  /** Does the same without waiting. */
  private <T> CompletableFuture<Optional<T>> callAsync(
      String id, Supplier<ProtocolRequest<Optional<T>>> request, Duration timeout) {
    return ServiceId.isValid(id)
        ? transport.callAsync(request.get(), timeout)
        : CompletableFuture.completedFuture(Optional.empty());
  }

  /** Returns where the registry is, without its key. */
  @Override
  public String toString() {
    return "HttpServiceRegistry[" + endpoints + "]";
  }

  /**
   * Collects the settings of an {@link HttpServiceRegistry}. Each setter checks its argument at
   * once.
   *
   * <p>Not safe for use by more than one thread at a time.
   */
  public static final class Builder {
    final TransportSettings transport;
    Duration streamRetry = StreamedWatch.STREAM_RETRY; // replaced by tests

    private Builder(String url) {
      LibraryVersion.checkJackson();
      checkOkHttp();
      this.transport = new TransportSettings(Endpoints.of(url));
    }

    private static void checkOkHttp() {
      String version;
      try {
        // By reflection: the compiler would inline the constant of the version that it compiles
        // with.
        version = (String) Class.forName("okhttp3.OkHttp").getField("VERSION").get(null);
      } catch (ReflectiveOperationException e) {
        version = "3.14 or older"; // those lack the class
      }
      LibraryVersion.check("OkHttp", version, 4, 9);
    }

    /**
     * Sets the key that each request carries as {@code X-Service-Key}. Default: none. It goes to
     * this registry alone, and never appears in a message or a log.
     *
     * @param serviceKey 1 to 512 visible characters of ASCII, and spaces between them
     * @return this
     * @throws IllegalArgumentException if it has other characters, or more; the message has no key
     */
    public Builder serviceKey(String serviceKey) {
      Objects.requireNonNull(serviceKey, "serviceKey");
      return serviceKey(() -> serviceKey);
    }

    /**
     * Sets where the key of each request comes from, for a key that changes, such as one in a file.
     * Of this and {@link #serviceKey(String)}, the last that is called counts.
     *
     * <p>The supplier is asked at once, and again for each request, within its timeout, on the
     * thread that sends it. So it must return at once, and be safe for use by several threads. If
     * it throws an exception, or returns what is not a key, nothing is sent, and the call fails
     * with a {@link RegistryUnavailableException}. Neither the present key nor the one before
     * appears in a message or a log.
     *
     * @param serviceKey returns a key as {@link #serviceKey(String)} takes it
     * @return this
     * @throws IllegalArgumentException if what it returns now is not a key; the message has nothing
     *     of it
     */
    public Builder serviceKey(Supplier<String> serviceKey) {
      transport.serviceKey(serviceKey);
      return this;
    }

    /**
     * Adds a header to each request, for example for a gateway before the registry. Default: none.
     * Its value is left out of messages if it has 8 characters or more, and is never logged.
     *
     * @param name a name of a header that the protocol does not use; one that was set is replaced
     * @param value 1 to 4,096 visible characters of ASCII, and spaces between them
     * @return this
     * @throws IllegalArgumentException if it is not such a header, or there are more than 32; the
     *     message has no value
     */
    public Builder header(String name, String value) {
      transport.header(name, value);
      return this;
    }

    /**
     * Sets the authorities whose certificates servers must have, in place of those that the JVM
     * trusts. The file is read at once, and again when it has changed, as for {@link
     * #clientCertificate}.
     *
     * @param pem one certificate or more, in the form of PEM
     * @return this
     * @throws IllegalArgumentException if it cannot be read, or is not such a file
     */
    public Builder trustedCertificates(Path pem) {
      transport.authorities(ClientTls.authorities(pem));
      return this;
    }

    /**
     * Sets the certificate that is shown to servers that ask for one. Default: none.
     *
     * <p>The files are read at once, and again when they have changed: they are looked at when a
     * connection is made, once a second at most. Connections that are open stay as they are. While
     * the new files cannot be used, such as a certificate whose key has not been written yet, the
     * former ones stay in use, and a warning is logged.
     *
     * @param chain the certificate, and what it was signed by, in the form of PEM
     * @param key its private key, PKCS#8 without a password, in the form of PEM
     * @return this
     * @throws IllegalArgumentException if they cannot be read, are not such files, or do not belong
     *     together
     */
    public Builder clientCertificate(Path chain, Path key) {
      transport.identity(ClientTls.identity(chain, key));
      return this;
    }

    /**
     * Sets what is trusted and what is shown to servers, in place of PEM files. Default: the JVM's,
     * which the system properties {@code javax.net.ssl.trustStore} and the like set.
     *
     * @param context creates the connections by TLS
     * @param trustManager the one that {@code context} was initialized with
     * @return this
     */
    public Builder sslContext(SSLContext context, X509TrustManager trustManager) {
      transport.sslContext(
          new ClientTls(
              Objects.requireNonNull(context, "context"),
              Objects.requireNonNull(trustManager, "trustManager")));
      return this;
    }

    /**
     * Sets how long a call may take, from the connection to the last byte of the answer. Default:
     * 10 seconds.
     *
     * @param timeout 1 millisecond to 1 hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder timeout(Duration timeout) {
      transport.timeout(timeout);
      return this;
    }

    /**
     * Sets the clock for the times that the registry leaves out, and for a {@code Retry-After} that
     * is a date. Default: the system's.
     *
     * @param wallClock tells the time
     * @return this
     */
    public Builder wallClock(InstantSource wallClock) {
      transport.wallClock(Objects.requireNonNull(wallClock, "wallClock"));
      return this;
    }

    /**
     * Builds the registry. Nothing is sent before its first call.
     *
     * @return the registry, the caller's to close
     * @throws IllegalArgumentException if there are both an SSL context and PEM files, or the files
     *     have become invalid
     */
    public HttpServiceRegistry build() {
      return new HttpServiceRegistry(this);
    }
  }
}
