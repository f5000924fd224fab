package dev.rollcall;

import dev.rollcall.spi.RegistryTarget;
import dev.rollcall.spi.ServiceRegistryProvider;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a registrar of what its builder was told, what the environment says, and the defaults. */
final class RegistrarAssembly {
  private static final int DEFAULT_PORT = 8000;

  private final RegistrarBuilder options;
  private final Environment environment;

  RegistrarAssembly(RegistrarBuilder options) {
    this.options = options;
    this.environment = options.environment;
  }

  Registrar build() {
    checkCombinations();
    RegistrarSettings settings = settings();
    // Opened last: nothing is left open where a setting is wrong.
    ServiceRegistry registry = options.registry == null ? open() : options.registry;
    Keepalive keepalive = options.keepalive == null ? makeKeepalive() : options.keepalive;
    return new Registrar(
        settings,
        registry,
        keepalive,
        closing(
            options.registry == null ? Optional.of(registry) : Optional.empty(),
            options.keepalive == null ? Optional.of(keepalive) : Optional.empty()));
  }

  /** Static, for it lasts as long as the registrar, and what that was built from need not. */
  private static Runnable closing(
      Optional<ServiceRegistry> openedRegistry, Optional<Keepalive> madeKeepalive) {
    return () -> {
      try {
        openedRegistry.ifPresent(ServiceRegistry::close);
      } finally {
        madeKeepalive.ifPresent(Keepalive::close);
      }
    };
  }

  private void checkCombinations() {
    exclude("registry", options.registry, "orchestratorUrl", options.orchestratorUrl);
    exclude("registry", options.registry, "serviceKey", options.serviceKey);
    exclude("url", options.url, "host", options.host);
    exclude("url", options.url, "port", options.port);
    exclude("keepalive", options.keepalive, "executor", options.executor);
    if (options.clock != null && options.executor == null) {
      throw new IllegalArgumentException("a clock needs an executor that goes by it");
    }
    if (options.ttl != null && options.keepaliveInterval.compareTo(options.ttl) >= 0) {
      throw new IllegalArgumentException(
          "the keepaliveInterval must be shorter than the ttl of "
              + options.ttl
              + "; it is "
              + options.keepaliveInterval);
    }
  }

  private static void exclude(
      String name, @Nullable Object value, String other, @Nullable Object otherValue) {
    if (value != null && otherValue != null) {
      throw new IllegalArgumentException(
          name + " and " + other + " are both set; one stands in place of the other");
    }
  }

  private RegistrarSettings settings() {
    Registration.Builder builder =
        Registration.of(options.url == null ? urlOfHost() : options.url).info(options.info);
    if (options.id != null) {
      builder.id(options.id);
    }
    if (options.ttl != null) {
      builder.ttl(options.ttl);
    }
    Registration registration = builder.build();
    boolean makesId = registration.id().isEmpty();
    if (makesId) {
      builder.id(new UlidGenerator(InstantSource.system()).next().toString());
    }
    return new RegistrarSettings(
        makesId ? builder.build() : registration,
        makesId,
        options.enableKeepalive,
        options.keepaliveInterval,
        options.autoDeregister,
        options.maxRetries,
        options.retryDelay,
        options.failOnError,
        options.startTimeout,
        options.timeout,
        !options.timeoutIsSet,
        options.registerWhen,
        options.shutdownHook,
        options.listener,
        options.random);
  }

  private String urlOfHost() {
    String host =
        Optional.ofNullable(options.host)
            .or(environment::host)
            .or(Environment::hostName)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "this host has no name that can be found; set host(), url() or "
                            + environment.nameOf(EnvironmentVariable.HOST)));
    int port = Optional.ofNullable(options.port).or(environment::port).orElse(DEFAULT_PORT);
    String shown = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    try {
      return ServiceUrl.check("http://" + shown + ":" + port);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + ServiceUrl.masked(host) + "' is no host, a name or an address alone", e);
    }
  }

  private ServiceRegistry open() {
    String url =
        Optional.ofNullable(options.orchestratorUrl)
            .or(() -> environment.get(EnvironmentVariable.ORCHESTRATOR_URL))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "there is no registry; set orchestratorUrl(), registry() or "
                            + environment.nameOf(EnvironmentVariable.ORCHESTRATOR_URL)));
    Optional<String> key =
        Optional.ofNullable(options.serviceKey)
            .or(() -> environment.get(EnvironmentVariable.REGISTRATION_KEY));
    return ServiceRegistryProvider.forUrl(url).open(new RegistryTarget(url, key, options.timeout));
  }

  private Keepalive makeKeepalive() {
    if (options.executor == null) {
      return Keepalive.create();
    }
    return options.clock == null
        ? Keepalive.on(options.executor)
        : Keepalive.on(options.executor, options.clock);
  }
}
