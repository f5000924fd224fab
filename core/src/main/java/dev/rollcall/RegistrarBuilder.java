package dev.rollcall;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects the settings of a {@link Registrar}. Each setter checks its argument at once, {@link
 * #build()} what they make together.
 *
 * <p>A service says where to register, by {@link #orchestratorUrl} or {@link #registry}, and may
 * leave all else to the defaults. What it does not set is taken from the {@linkplain
 * EnvironmentVariable environment}, then from the host: its name, and port 8000.
 */
public final class RegistrarBuilder extends RegistrarOptions<RegistrarBuilder> {
  @Nullable String orchestratorUrl;
  @Nullable ServiceRegistry registry;
  @Nullable String serviceKey;
  @Nullable String host;
  @Nullable Integer port;
  @Nullable String url;
  Map<String, ?> info = Map.of();
  @Nullable String id;
  @Nullable Duration ttl;
  Environment environment = new Environment(System.getenv());

  RegistrarBuilder() {}

  @Override
  RegistrarBuilder self() {
    return this;
  }

  /**
   * Sets the registry by its URL. Default: {@code SERVICEKIT_ORCHESTRATOR_URL}. The registrar opens
   * and closes it; the jar of its client, such as rollcall-http-jdk, is on the class path.
   *
   * @param orchestratorUrl the full register URL, which ends in {@code /$register}, or any other
   *     that the client takes
   * @return this
   */
  public RegistrarBuilder orchestratorUrl(String orchestratorUrl) {
    this.orchestratorUrl = Objects.requireNonNull(orchestratorUrl, "orchestratorUrl");
    return this;
  }

  /**
   * Sets the registry, in place of a URL. Many registrars may share it.
   *
   * @param registry stays the caller's to close, after the registrar
   * @return this
   */
  public RegistrarBuilder registry(ServiceRegistry registry) {
    this.registry = Objects.requireNonNull(registry, "registry");
    return this;
  }

  /**
   * Sets the key for the registry at the URL. Default: {@code SERVICEKIT_REGISTRATION_KEY}, or
   * none. It stands in no message and no log.
   *
   * @param serviceKey the key
   * @return this
   */
  public RegistrarBuilder serviceKey(String serviceKey) {
    this.serviceKey = Objects.requireNonNull(serviceKey, "serviceKey");
    return this;
  }

  /**
   * Sets the host that the service is reached at. Default: {@code SERVICEKIT_HOST}, or this host's
   * name. The service's url is {@code http://host:port}.
   *
   * @param host a name or an address; one of IPv6 may be in brackets or not
   * @return this
   */
  public RegistrarBuilder host(String host) {
    this.host = Objects.requireNonNull(host, "host");
    return this;
  }

  /**
   * Sets the port that the service is reached at. Default: {@code SERVICEKIT_PORT}, or 8000.
   *
   * @param port 1 to 65535
   * @return this
   * @throws IllegalArgumentException if it is not so
   */
  public RegistrarBuilder port(int port) {
    if (!Environment.isPort(port)) {
      throw new IllegalArgumentException("port is 1 to 65535, not " + port);
    }
    this.port = port;
    return this;
  }

  /**
   * Sets where the service is reached, in place of host and port.
   *
   * @param url as {@link Registration.Builder#url} takes it
   * @return this
   * @throws IllegalArgumentException if it is none
   */
  public RegistrarBuilder url(String url) {
    this.url = ServiceUrl.check(url);
    return this;
  }

  /**
   * Sets what the service says of itself. Default: nothing.
   *
   * @param info the info
   * @return this
   */
  public RegistrarBuilder info(ServiceInfo info) {
    return info(info.toMap());
  }

  /**
   * Sets what the service says of itself. Default: nothing.
   *
   * @param info as {@link Registration.Builder#info} takes it
   * @return this
   * @throws IllegalArgumentException if it holds what JSON cannot
   */
  public RegistrarBuilder info(Map<String, ?> info) {
    this.info = Info.copyOf(info);
    return this;
  }

  /**
   * Sets the id of the service. Default: {@code info.id} if that is a non-empty string, else a new
   * {@link Ulid}, which stays the same for as long as the registrar lives.
   *
   * @param id as {@link Registration.Builder#id} takes it
   * @return this
   * @throws IllegalArgumentException if it is none
   */
  public RegistrarBuilder id(String id) {
    this.id = ServiceId.check(id);
    return this;
  }

  /**
   * Sets the ttl to ask for. Default: the registry's own, commonly 30 seconds.
   *
   * @param ttl as {@link Registration.Builder#ttl} takes it, and longer than the interval
   * @return this
   * @throws IllegalArgumentException if it is none
   */
  public RegistrarBuilder ttl(Duration ttl) {
    this.ttl = Ttl.check(ttl);
    return this;
  }

  /**
   * Changes the name of a variable of the environment.
   *
   * @param variable what it sets
   * @param name its name
   * @return this
   */
  public RegistrarBuilder environmentName(EnvironmentVariable variable, String name) {
    environment.rename(
        Objects.requireNonNull(variable, "variable"), Objects.requireNonNull(name, "name"));
    return this;
  }

  /** Sets the environment. */
  RegistrarBuilder environment(Map<String, String> values) {
    this.environment = new Environment(values);
    return this;
  }

  /**
   * Builds the registrar. Nothing is registered before {@link Registrar#start()}.
   *
   * @return the registrar, the caller's to close
   * @throws IllegalArgumentException if there is no registry or no host, if both of two settings
   *     are given that stand for each other, if the interval is not shorter than the ttl, or if a
   *     URL is none or no client on the class path answers for it
   */
  public Registrar build() {
    return new RegistrarAssembly(this).build();
  }
}
