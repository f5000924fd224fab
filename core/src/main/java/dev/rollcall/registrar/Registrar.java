package dev.rollcall.registrar;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.RegistryException;
import dev.rollcall.ServiceInfo;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.Ulid;
import dev.rollcall.UlidGenerator;
import dev.rollcall.spi.RegistryTarget;
import dev.rollcall.spi.RegistryTarget.ClientCertificate;
import dev.rollcall.spi.RegistryTarget.TlsContext;
import dev.rollcall.spi.ServiceRegistryProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one service registered: registers it, pings to keep its lease, registers it again if the
 * registry has lost it, and deregisters it when closed.
 *
 * <pre>{@code
 * try (Registrar registrar =
 *     Registrar.builder()
 *         .orchestratorUrl("http://registry:9000/services/$register")
 *         .info(ServiceInfo.builder("my-service").displayName("My Service").build())
 *         .port(8000)
 *         .build()) {
 *   registrar.start();
 *   serve();
 * }
 * }</pre>
 *
 * <p>It never gives up while it is open, and never floods the registry: retries back off, and all
 * waits have a random part so that services do not come all at once. A ping that fails is tried
 * again sooner than the interval, at least twice before the lease ends. {@link RegistrarState}
 * shows the states and how they follow each other.
 *
 * <p>Safe for use by any number of threads. {@link #start()} and {@link #close()} block; every
 * other method returns at once, however slow the registry is.
 */
public final class Registrar implements AutoCloseable {
  private final RegistrarDriver driver;
  private final Executor callbacks;

  Registrar(
      RegistrarSettings settings,
      ServiceRegistry registry,
      Keepalive keepalive,
      Runnable afterClose) {
    StateChangeNotifier notifier = new StateChangeNotifier(this, settings, keepalive);
    this.driver = new RegistrarDriver(settings, registry, keepalive, notifier, afterClose);
    this.callbacks = keepalive.callbacks();
  }

  /**
   * Returns a builder of a registrar. What to register, and where, comes from the builder and from
   * the environment.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder(Registration.builder(), false);
  }

  /**
   * Returns a builder of a registrar of a service in a registry.
   *
   * @param registry where to register; it stays the caller's to close, after the registrar
   * @param registration what to register
   * @return the builder, with these set
   */
  public static Builder builder(ServiceRegistry registry, Registration registration) {
    return new Builder(registration.toBuilder(), true).registry(registry);
  }

  /**
   * Registers the service and starts the pings.
   *
   * <p>Blocks until the service is registered, or until {@link Builder#maxRetries} tries have
   * failed, or one was rejected; for {@link Builder#startTimeout} at most. If it is not registered
   * by then, that is logged, and the registrar goes on trying in the background: a registry that is
   * down, or that hangs, does not keep a service from starting. {@link #state()} and {@link
   * #lastError()} show that. An interrupt ends only the wait; the flag stays set.
   *
   * @throws RuntimeException with {@link Builder#failOnError}, if it is not registered by then: the
   *     failure of the last try, commonly a {@link RegistryException}. The registrar is closed; a
   *     registration that is under way at that time is undone in the background
   * @throws IllegalStateException if it was started before, is closed, or its executor is shut down
   * @throws OutOfMemoryError if the JVM cannot start the timer's thread; the registrar has not
   *     started then, and may be started again
   */
  public void start() {
    CompletableFuture<Boolean> started = driver.start();
    try {
      await(started);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw RegistrarActions.reasonOf(e.getCause());
    }
  }

  /** Has a timeout of its own: the keepalive's timer may be late, if its executor is busy. */
  private void await(CompletableFuture<Boolean> started)
      throws InterruptedException, ExecutionException {
    long nanos = driver.settings().startTimeout().toNanos();
    try {
      var unused = started.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      driver.endStart();
      if (started.isDone()) {
        var unused = started.get();
      }
    }
  }

  /**
   * Registers the service and starts the pings, without blocking.
   *
   * @return completes when {@link #start()} would return, with whether the service is registered;
   *     fails with what that would throw. Its callbacks may block, and may close the registrar
   * @throws IllegalStateException if it was started before, or is closed
   */
  public CompletableFuture<Boolean> startInBackground() {
    return calledBackAside(driver.start());
  }

  /**
   * Replaces what the service says about itself: the whole info, it is not merged. Id, name and url
   * stay, and so do the lease, the time of the registration, and the service's place in views. May
   * be called at any time before the registrar is closed, also before it is started, and during an
   * outage.
   *
   * <p>Does not block. The registrar tells the registry as soon as it can, tries again after a
   * failure without holding up its pings, and registers with this info from now on. Of several
   * updates in a row the last one counts; one that was not sent yet when the next came never is.
   *
   * <p>The registry changes the info in one step with the check that this registrar's lease holds
   * the id, so a registrar that another registration has superseded changes nothing. Registries
   * that know no leases, as Python orchestrators, cannot check that: there an update is a
   * registration. An update whose answer was lost may have taken effect, and may do so late, even
   * after a newer one; the next update puts that right.
   *
   * @param info as {@link Registration.Builder#info} takes it
   * @return completes when the registry has taken the info. Fails with a {@link
   *     dev.rollcall.RejectedException} if the registry refuses it, and the info before it counts
   *     again; with a {@link dev.rollcall.LeaseSupersededException} if another registration holds
   *     the id, and the info counts when this registrar registers again; with a {@link
   *     java.util.concurrent.CancellationException} if a newer update has taken its place; with an
   *     {@link IllegalStateException} if the registrar is closed first. Without {@link
   *     Builder#enableKeepalive} also with a {@link dev.rollcall.LeaseEndedException}, if the lease
   *     has ended. Its callbacks may block, and may close the registrar
   * @throws IllegalArgumentException if the info holds what JSON cannot; nothing has changed then
   * @throws IllegalStateException if the registrar is closed
   */
  public CompletableFuture<Void> update(Map<String, ?> info) {
    // Copied and checked here, without the lock that a ping needs.
    Map<String, Object> copy =
        driver.settings().registration().toBuilder().info(info).build().info();
    return calledBackAside(driver.update(copy));
  }

  /**
   * Returns a future that completes as another does. Its callbacks run on threads on which they may
   * block, never on those that complete the other.
   */
  private <T> CompletableFuture<T> calledBackAside(CompletableFuture<T> future) {
    return future.handleAsync(
        (value, e) -> {
          if (e != null) {
            throw RegistrarActions.reasonOf(e);
          }
          return value;
        },
        this::callAside);
  }

  private void callAside(Runnable task) {
    try {
      callbacks.execute(task);
    } catch (RejectedExecutionException e) { // An executor that its host has shut down.
      BoundedThreadPool.daemon(task, "rollcall-callback").start();
    }
  }

  /**
   * Replaces what the service says about itself; see {@link #update(Map)}.
   *
   * @param info the info
   * @return completes when the registry has taken the info
   * @throws IllegalStateException if the registrar is closed
   */
  public CompletableFuture<Void> update(ServiceInfo info) {
    return update(info.toMap());
  }

  /**
   * Returns the state. A lease whose time is over counts as lost, even while a call that could tell
   * is held up.
   *
   * @return the state
   */
  public RegistrarState state() {
    return driver.state();
  }

  /**
   * Returns the id of the service: the one that the registry assigned, or before that the one that
   * is asked for. A service that brings no id gets one when the registrar is built; see {@link
   * Builder#id}. So a registration whose answer is lost can be repeated without creating a second
   * service.
   *
   * @return the id
   */
  public String id() {
    return driver
        .read(machine -> machine.heldLease().lease())
        .map(Lease::id)
        .orElseGet(() -> driver.settings().id());
  }

  /**
   * Returns the last lease, which may have ended since; see {@link #state()}.
   *
   * @return the lease, or empty if it has never been registered
   */
  public Optional<Lease> lease() {
    return driver.read(machine -> machine.heldLease().lease());
  }

  /**
   * Returns why the last call of the registry failed.
   *
   * @return the error, commonly a {@link RegistryException}, or empty if the last call succeeded
   */
  public Optional<RuntimeException> lastError() {
    return driver.read(machine -> machine.snapshot().lastError());
  }

  /**
   * Returns how often it registered, pinged and failed.
   *
   * @return the counts
   */
  public RegistrarCounts counts() {
    return driver.read(RegistrarStateMachine::counts);
  }

  /** Begins to close. The future completes when that is done, without a time limit. */
  CompletableFuture<Void> closeInBackground() {
    driver.beginClose();
    return driver.closed();
  }

  /**
   * Ends the pings and, with {@link Builder#autoDeregister}, deregisters the service, unless
   * another registration holds its id by now. A registration that is under way is undone.
   *
   * <p>Then, with {@link Builder#drainDelay}, it waits, so that the service goes on serving those
   * who have not heard yet that it is gone.
   *
   * <p>Idempotent, and may be called from anywhere: a listener, a callback, a shutdown hook. Blocks
   * for {@link Builder#timeout} at most, and for the drain delay, through interrupts, whose flag
   * stays set; where the registry itself blocks, for that registry's timeout at most. What is not
   * done by then goes on in the background, or is left to the end of the lease. That is logged; it
   * never throws for it.
   */
  @Override
  public void close() {
    Keepalive.closeAll(List.of(driver));
  }

  /**
   * Collects the settings of a {@link Registrar}. Each setter checks its argument at once; {@link
   * #build()} checks the combination.
   *
   * <p>A service says where to register, by {@link #orchestratorUrl} or {@link #registry}, and may
   * leave everything else to the defaults. What is not set comes from the {@linkplain
   * EnvironmentVariable environment}, then from the host: its name, and port 8000.
   *
   * <p>Not safe for use by more than one thread at a time.
   */
  public static final class Builder {
    /** What an id of 128 characters has room for, beside a dash and a ULID. */
    private static final int MAX_NAME_IN_ID = 101;

    private static final Duration MAX_WAIT = Duration.ofDays(1);
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final Duration MAX_DRAIN = Duration.ofHours(1);
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration DEFAULT_RETRY_DELAY = Duration.ofSeconds(2);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration DEFAULT_START_TIMEOUT = Duration.ofSeconds(5);

    /** Shared by all registrars; each thread has its own sequence. */
    private static final RandomGenerator JITTER = () -> ThreadLocalRandom.current().nextLong();

    private boolean enableKeepalive = true;
    private Duration keepaliveInterval = DEFAULT_INTERVAL;
    private boolean autoDeregister = true;
    private Duration drainDelay = Duration.ZERO;
    private int maxRetries = 5;
    private Duration retryDelay = DEFAULT_RETRY_DELAY;
    private boolean failOnError;
    private Duration startTimeout = DEFAULT_START_TIMEOUT;
    private Duration timeout = DEFAULT_TIMEOUT;
    private boolean timeoutIsSet;
    private @Nullable BooleanSupplier registerWhen;
    private boolean shutdownHook = true;
    private @Nullable RegistrarListener listener;
    private @Nullable Keepalive keepalive;
    private @Nullable ScheduledExecutorService executor;
    private @Nullable LongSupplier nanoTime;
    private RandomGenerator random = JITTER;

    private final Registration.Builder registration;
    private boolean urlIsSet;
    private @Nullable String orchestratorUrl;
    private @Nullable ServiceRegistry registry;
    private @Nullable String serviceKey;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private @Nullable Path trustedCertificates;
    private @Nullable ClientCertificate clientCertificate;
    private @Nullable TlsContext sslContext;
    private @Nullable String host;
    private @Nullable Integer port;
    private ServicekitEnvironment environment = new ServicekitEnvironment(System.getenv());

    private Builder(Registration.Builder registration, boolean urlIsSet) {
      this.registration = registration;
      this.urlIsSet = urlIsSet;
    }

    /**
     * Sets the registry by its URL. Default: {@code SERVICEKIT_ORCHESTRATOR_URL}. The registrar
     * opens and closes it. A client for the URL, such as rollcall-http-client, must be on the class
     * path.
     *
     * @param orchestratorUrl the full register URL, which ends in {@code /$register}, or any other
     *     URL that the client accepts
     * @return this
     */
    public Builder orchestratorUrl(String orchestratorUrl) {
      this.orchestratorUrl = Objects.requireNonNull(orchestratorUrl, "orchestratorUrl");
      return this;
    }

    /**
     * Sets the registry, in place of a URL. Many registrars may share it.
     *
     * @param registry stays the caller's to close, after the registrar
     * @return this
     */
    public Builder registry(ServiceRegistry registry) {
      this.registry = Objects.requireNonNull(registry, "registry");
      return this;
    }

    /**
     * Sets the key for the registry at the URL. Default: {@code SERVICEKIT_REGISTRATION_KEY}, or
     * none. It never appears in a message or a log.
     *
     * @param serviceKey the key
     * @return this
     */
    public Builder serviceKey(String serviceKey) {
      this.serviceKey = Objects.requireNonNull(serviceKey, "serviceKey");
      return this;
    }

    /**
     * Adds a header to each request to the registry at the URL, for example for a gateway before
     * it. Default: none. Its value is never logged.
     *
     * @param name a name of a header that the protocol does not use; one of this name that was
     *     added before is replaced. Name and value are checked by {@link #build()}
     * @param value visible characters of ASCII, and spaces between them
     * @return this
     */
    public Builder header(String name, String value) {
      headers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
      return this;
    }

    /**
     * Sets which certificates of a registry's servers are trusted, where it is reached by https:
     * those that the authorities in this file have signed, and no others. Default: those that the
     * JVM trusts. The file is read by {@link #build()}, and again when it has changed.
     *
     * @param pem certificates in the form of PEM
     * @return this
     */
    public Builder trustedCertificates(Path pem) {
      this.trustedCertificates = Objects.requireNonNull(pem, "pem");
      return this;
    }

    /**
     * Sets the certificate that is shown to a registry's servers that ask for one. Default: none.
     * The files are read by {@link #build()}, and again when they have changed; connections that
     * are open stay as they are.
     *
     * @param chain the certificate, and what it was signed by, in the form of PEM
     * @param key its private key, PKCS#8 without a password, in the form of PEM
     * @return this
     */
    public Builder clientCertificate(Path chain, Path key) {
      this.clientCertificate = new ClientCertificate(chain, key);
      return this;
    }

    /**
     * Sets what is trusted and what is shown to the registry's servers, in place of PEM files.
     * Default: the JVM's, which the system properties {@code javax.net.ssl.trustStore} and the like
     * set.
     *
     * @param context creates the connections by TLS
     * @param trustManager the one that {@code context} was initialized with
     * @return this
     */
    public Builder sslContext(SSLContext context, X509TrustManager trustManager) {
      this.sslContext = new TlsContext(context, trustManager);
      return this;
    }

    /**
     * Sets the host that the service is reached at. Default: {@code SERVICEKIT_HOST}, or this
     * host's name. The service's url is {@code http://host:port}.
     *
     * <p>A host that has several addresses may name a network in CIDR notation, such as {@code
     * 10.0.0.0/8}: then it is the address that this host has in it when the registrar is built; of
     * several, one of the network interface with the lowest index.
     *
     * @param host a name, an address, or a network; an IPv6 address with or without brackets
     * @return this
     */
    public Builder host(String host) {
      this.host = Objects.requireNonNull(host, "host");
      return this;
    }

    /**
     * Sets the port that the service is reached at. Default: {@code SERVICEKIT_PORT}, or 8000.
     *
     * @param port 1 to 65535
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder port(int port) {
      if (!ServicekitEnvironment.isPort(port)) {
        throw new IllegalArgumentException("port is 1 to 65535, not " + port);
      }
      this.port = port;
      return this;
    }

    /**
     * Sets the URL that the service is reached at, in place of host and port.
     *
     * @param url as {@link Registration.Builder#url} takes it
     * @return this
     * @throws IllegalArgumentException if it is not valid
     */
    public Builder url(String url) {
      registration.url(url);
      this.urlIsSet = true;
      return this;
    }

    /**
     * Sets what the service says about itself. Default: nothing.
     *
     * @param info the info
     * @return this
     */
    public Builder info(ServiceInfo info) {
      return info(info.toMap());
    }

    /**
     * Sets what the service says about itself. Default: nothing.
     *
     * @param info as {@link Registration.Builder#info} takes it
     * @return this
     * @throws IllegalArgumentException if it holds what JSON cannot
     */
    public Builder info(Map<String, ?> info) {
      registration.info(info);
      return this;
    }

    /**
     * Sets the id of the service. Default: {@code info.id} if that is a non-empty string, else a
     * new one, which stays the same for as long as the registrar lives: the {@linkplain #name name}
     * and a {@link Ulid} in lower case, as in {@code orders-01m84s401h4r260e75qas22sq3}; or the
     * ULID alone, in upper case, if there is no name. Of a name of more than 101 characters the id
     * has the first ones.
     *
     * <p>Replicas never share an id: the latest registration of an id supersedes the one before, so
     * that only one of them would be registered. Replicas share a {@linkplain #name name}.
     *
     * @param id as {@link Registration.Builder#id} takes it
     * @return this
     * @throws IllegalArgumentException if it is not valid
     */
    public Builder id(String id) {
      registration.id(id);
      return this;
    }

    /**
     * Sets the name of the service, which all instances have that do the same. Default: {@code
     * info.name} if that has the form of a name, else the id. Set it and no {@linkplain #id id} for
     * a service that has replicas: each then has an id of its own, which begins with the name.
     *
     * @param name as {@link Registration.Builder#name} takes it
     * @return this
     * @throws IllegalArgumentException if it is not valid
     */
    public Builder name(String name) {
      registration.name(name);
      return this;
    }

    /**
     * Sets the ttl to ask for. Default: the registry's own, commonly 30 seconds.
     *
     * @param ttl as {@link Registration.Builder#ttl} takes it, and longer than the interval
     * @return this
     * @throws IllegalArgumentException if it is not valid
     */
    public Builder ttl(Duration ttl) {
      registration.ttl(ttl);
      return this;
    }

    /**
     * Changes the name of a variable of the environment.
     *
     * @param variable what it sets
     * @param name the name
     * @return this
     */
    public Builder environmentName(EnvironmentVariable variable, String name) {
      environment.rename(
          Objects.requireNonNull(variable, "variable"), Objects.requireNonNull(name, "name"));
      return this;
    }

    /** Sets the environment. */
    Builder environment(Map<String, String> values) {
      this.environment = new ServicekitEnvironment(values);
      return this;
    }

    /**
     * Sets whether it pings. Default: true. Without pings the service is gone when its lease ends.
     *
     * @param enableKeepalive whether to ping
     * @return this
     */
    public Builder enableKeepalive(boolean enableKeepalive) {
      this.enableKeepalive = enableKeepalive;
      return this;
    }

    /**
     * Sets how long after a ping the next one follows. Default: 10 seconds, a third of the usual
     * lease.
     *
     * <p>If the registry gives a lease so short that the loss of two pings in a row would end it, a
     * third of the lease is used instead, and a warning is logged.
     *
     * @param keepaliveInterval more than zero, at most a day, and less than the {@code ttl} if one
     *     is asked for
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder keepaliveInterval(Duration keepaliveInterval) {
      this.keepaliveInterval = wait("keepaliveInterval", keepaliveInterval);
      return this;
    }

    /**
     * Sets whether {@link Registrar#close()} deregisters the service. Default: true.
     *
     * @param autoDeregister whether to deregister
     * @return this
     */
    public Builder autoDeregister(boolean autoDeregister) {
      this.autoDeregister = autoDeregister;
      return this;
    }

    /**
     * Sets how long {@link Registrar#close()}, and the shutdown hook, wait once the service is
     * deregistered, before they return. Default: zero. The service serves meanwhile: whoever
     * watches the registry stops calling it, and calls that are under way end. Stop serving when
     * this is over, and no caller meets a closed port.
     *
     * <p>A deregistration that failed is followed by the same wait, since it may have taken effect;
     * those to whom it has not come go on calling until the lease ends. There is no wait if the
     * service was never registered, and one alone if several threads close, or close again.
     *
     * <p>Hooks of the JVM's shutdown run side by side: a program that stops serving in a hook of
     * its own closes the registrar first, in that hook.
     *
     * @param drainDelay zero to an hour; a second is enough for those who watch, longer for calls
     *     that take longer
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder drainDelay(Duration drainDelay) {
      if (drainDelay.isNegative() || drainDelay.compareTo(MAX_DRAIN) > 0) {
        throw new IllegalArgumentException("a drainDelay is zero to an hour, not " + drainDelay);
      }
      this.drainDelay = drainDelay;
      return this;
    }

    /**
     * Sets how often {@link Registrar#start()} tries before it returns or throws. Default: 5. It
     * tries less often if its {@link #startTimeout(Duration)} ends before.
     *
     * @param maxRetries 1 or more
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxRetries(int maxRetries) {
      if (maxRetries < 1) {
        throw new IllegalArgumentException("maxRetries is 1 or more, not " + maxRetries);
      }
      this.maxRetries = maxRetries;
      return this;
    }

    /**
     * Sets how long after a failed try of {@link Registrar#start()} the next one follows. Default:
     * 2 seconds. Tries in the background back off, up to four fifths of the interval.
     *
     * @param retryDelay more than zero, at most a day
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder retryDelay(Duration retryDelay) {
      this.retryDelay = wait("retryDelay", retryDelay);
      return this;
    }

    /**
     * Sets whether {@link Registrar#start()} throws when its tries have failed, or when its {@link
     * #startTimeout(Duration)} is over. Default: false; the registrar goes on in the background.
     *
     * @param failOnError whether to throw
     * @return this
     */
    public Builder failOnError(boolean failOnError) {
      this.failOnError = failOnError;
      return this;
    }

    /**
     * Sets how long {@link Registrar#start()} may take as a whole, whatever its tries take.
     * Default: 5 seconds. After that it returns while the registrar goes on in the background, or
     * throws with {@link #failOnError(boolean)}.
     *
     * @param startTimeout more than zero, at most a day
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder startTimeout(Duration startTimeout) {
      this.startTimeout = wait("startTimeout", startTimeout);
      return this;
    }

    /**
     * Sets how long a call of the registry may take, and {@link Registrar#close()}. Default: 10
     * seconds.
     *
     * <p>A ping gets less if one that hangs could cost the lease: a quarter of the time that is
     * left of the lease when the ping falls due, so that two more tries fit; 5 seconds with the
     * other defaults. A warning says so if the timeout was set here. A registry that blocks keeps
     * to its own timeout.
     *
     * @param timeout 1 millisecond to 1 hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Builder timeout(Duration timeout) {
      if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
        throw new IllegalArgumentException("timeout is 1 ms to 1 h, not " + timeout);
      }
      this.timeout = timeout;
      this.timeoutIsSet = true;
      return this;
    }

    /**
     * Sets a check of whether the service is ready; nothing is registered before it returns true.
     * Default: no check, the service is ready at once. It is called as often as {@link
     * Registrar#start()} tries, and then in the background, until it returns true once. What it
     * throws counts as false, and so does no answer within the {@link #timeout(Duration)}; the
     * check is not called again before it has answered.
     *
     * @param registerWhen may block, but should return soon
     * @return this
     */
    public Builder registerWhen(BooleanSupplier registerWhen) {
      this.registerWhen = Objects.requireNonNull(registerWhen, "registerWhen");
      return this;
    }

    /**
     * Sets whether the registrar closes itself when the JVM shuts down. Default: true.
     *
     * @param shutdownHook whether it closes itself
     * @return this
     */
    public Builder shutdownHook(boolean shutdownHook) {
      this.shutdownHook = shutdownHook;
      return this;
    }

    /**
     * Sets the listener that is notified of each change of state. Default: none.
     *
     * @param listener may block and throw
     * @return this
     */
    public Builder listener(RegistrarListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets the keepalive, which many registrars may share. Default: one of its own.
     *
     * @param keepalive stays the caller's to close, after the registrar
     * @return this
     */
    public Builder keepalive(Keepalive keepalive) {
      this.keepalive = Objects.requireNonNull(keepalive, "keepalive");
      return this;
    }

    /**
     * Sets the executor that everything runs on, in place of threads of its own; see {@link
     * Keepalive#on(ScheduledExecutorService)}.
     *
     * @param executor stays the caller's to shut down, after the registrar is closed
     * @return this
     */
    public Builder executor(ScheduledExecutorService executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Sets the monotonic clock that the executor goes by. Default: {@link System#nanoTime}.
     *
     * @param nanoTime tells the time as {@link System#nanoTime} does
     * @return this
     */
    public Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
      return this;
    }

    /** Sets the source of the jitter of pings and retries. */
    Builder random(RandomGenerator random) {
      this.random = random;
      return this;
    }

    /**
     * Builds the registrar. Nothing is registered before {@link Registrar#start()}.
     *
     * @return the registrar, the caller's to close
     * @throws IllegalArgumentException if there is no registry or no host, if two settings are
     *     given of which one replaces the other, if the interval is not shorter than the ttl, if
     *     there is a drain delay without deregistration, if a file of certificates cannot be used,
     *     or if a URL is malformed or no client on the class path answers for it
     */
    public Registrar build() {
      checkCombinations();
      RegistrarSettings settings = settings();
      // Opened last: nothing is left open if a setting is wrong.
      ServiceRegistry usedRegistry = registry == null ? open() : registry;
      Keepalive usedKeepalive = keepalive == null ? createKeepalive() : keepalive;
      return new Registrar(
          settings,
          usedRegistry,
          usedKeepalive,
          closing(
              registry == null ? Optional.of(usedRegistry) : Optional.empty(),
              keepalive == null ? Optional.of(usedKeepalive) : Optional.empty()));
    }

    /** Static: it lives as long as the registrar, and must not keep the builder alive. */
    private static Runnable closing(
        Optional<ServiceRegistry> openedRegistry, Optional<Keepalive> createdKeepalive) {
      return () -> {
        try {
          openedRegistry.ifPresent(ServiceRegistry::close);
        } finally {
          createdKeepalive.ifPresent(Keepalive::close);
        }
      };
    }

    private void checkCombinations() {
      exclude("registry", registry, "orchestratorUrl", orchestratorUrl);
      exclude("registry", registry, "serviceKey", serviceKey);
      exclude("registry", registry, "trustedCertificates", trustedCertificates);
      exclude("registry", registry, "clientCertificate", clientCertificate);
      exclude("registry", registry, "sslContext", sslContext);
      exclude("registry", registry, "header", headers.isEmpty() ? null : headers);
      exclude("sslContext", sslContext, "trustedCertificates", trustedCertificates);
      exclude("sslContext", sslContext, "clientCertificate", clientCertificate);
      exclude("url", urlIsSet ? true : null, "host", host);
      exclude("url", urlIsSet ? true : null, "port", port);
      exclude("keepalive", keepalive, "executor", executor);
      if (nanoTime != null && executor == null) {
        throw new IllegalArgumentException("nanoTime needs an executor that goes by it");
      }
      if (!drainDelay.isZero() && !autoDeregister) {
        throw new IllegalArgumentException(
            "a drainDelay of "
                + drainDelay
                + " needs autoDeregister: without it nobody hears that the service goes");
      }
    }

    private static void exclude(
        String name, @Nullable Object value, String other, @Nullable Object otherValue) {
      if (value != null && otherValue != null) {
        throw new IllegalArgumentException(
            name + " and " + other + " are both set; one replaces the other");
      }
    }

    private RegistrarSettings settings() {
      if (!urlIsSet) {
        setUrlOfHost();
      }
      Registration wanted = registration.build();
      wanted.ttl().ifPresent(this::checkInterval);
      boolean generatesId = wanted.id().isEmpty();
      if (generatesId) {
        wanted = wanted.toBuilder().id(generatedId(wanted.name())).build();
      }
      return new RegistrarSettings(
          wanted,
          generatesId,
          enableKeepalive,
          keepaliveInterval,
          autoDeregister,
          drainDelay,
          maxRetries,
          retryDelay,
          failOnError,
          startTimeout,
          timeout,
          !timeoutIsSet,
          registerWhen,
          shutdownHook,
          listener,
          random);
    }

    private static String generatedId(Optional<String> name) {
      String ulid = new UlidGenerator(InstantSource.system()).next().toString();
      return name.map(
              text ->
                  text.substring(0, Math.min(text.length(), MAX_NAME_IN_ID))
                      + "-"
                      + ulid.toLowerCase(Locale.ROOT))
          .orElse(ulid);
    }

    private void checkInterval(Duration ttl) {
      if (keepaliveInterval.compareTo(ttl) >= 0) {
        throw new IllegalArgumentException(
            "the keepaliveInterval must be shorter than the ttl of "
                + ttl
                + "; it is "
                + keepaliveInterval);
      }
    }

    private void setUrlOfHost() {
      String usedHost =
          Optional.ofNullable(host)
              .or(environment::host)
              .map(
                  given ->
                      Network.isMeant(given) ? Network.parse(given).addressOfThisHost() : given)
              .or(ServicekitEnvironment::hostName)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "this host has no name that can be found; set host(), url() or "
                              + environment.nameOf(EnvironmentVariable.HOST)));
      int usedPort =
          Optional.ofNullable(port)
              .or(environment::port)
              .orElse(ServicekitEnvironment.DEFAULT_PORT);
      String shown =
          usedHost.indexOf(':') >= 0 && !usedHost.startsWith("[") ? "[" + usedHost + "]" : usedHost;
      try {
        registration.url("http://" + shown + ":" + usedPort);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "'"
                + ServicekitEnvironment.masked(usedHost)
                + "' is not a host: a name or an address alone, or a network such as 10.0.0.0/8",
            e);
      }
    }

    private ServiceRegistry open() {
      String url =
          Optional.ofNullable(orchestratorUrl)
              .or(() -> environment.get(EnvironmentVariable.ORCHESTRATOR_URL))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "there is no registry; set orchestratorUrl(), registry() or "
                              + environment.nameOf(EnvironmentVariable.ORCHESTRATOR_URL)));
      RegistryTarget.Builder target = RegistryTarget.builder(url).timeout(timeout);
      Optional.ofNullable(serviceKey)
          .or(() -> environment.get(EnvironmentVariable.REGISTRATION_KEY))
          .ifPresent(target::serviceKey);
      headers.forEach(target::header);
      Optional.ofNullable(trustedCertificates).ifPresent(target::trustedCertificates);
      Optional.ofNullable(clientCertificate).ifPresent(target::clientCertificate);
      Optional.ofNullable(sslContext).ifPresent(target::tlsContext);
      return ServiceRegistryProvider.forUrl(url).open(target.build());
    }

    private Keepalive createKeepalive() {
      if (executor == null) {
        return Keepalive.create();
      }
      return nanoTime == null ? Keepalive.on(executor) : Keepalive.on(executor, nanoTime);
    }

    private static Duration wait(String name, Duration duration) {
      if (duration.isNegative() || duration.isZero() || duration.compareTo(MAX_WAIT) > 0) {
        throw new IllegalArgumentException(
            name + " is more than zero and at most a day, not " + duration);
      }
      return duration;
    }
  }
}
