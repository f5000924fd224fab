package dev.rollcall.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Which registry to open, and how to talk to it. Immutable. */
public final class RegistryTarget {
  private final String url;
  private final Optional<String> serviceKey;
  private final Duration timeout;
  private final Map<String, String> headers;
  private final Optional<Path> trustedCertificates;
  private final Optional<ClientCertificate> clientCertificate;
  private final Optional<TlsContext> tlsContext;

  private RegistryTarget(Builder builder) {
    this.url = builder.url;
    this.serviceKey = Optional.ofNullable(builder.serviceKey);
    this.timeout = builder.timeout;
    this.headers = Collections.unmodifiableMap(new TreeMap<>(builder.headers));
    this.trustedCertificates = Optional.ofNullable(builder.trustedCertificates);
    this.clientCertificate = Optional.ofNullable(builder.clientCertificate);
    this.tlsContext = Optional.ofNullable(builder.tlsContext);
  }

  /**
   * A certificate and its private key, as PEM files.
   *
   * @param chain the certificate, and what it was signed by
   * @param key its private key, PKCS#8 without a password
   */
  public record ClientCertificate(Path chain, Path key) {

    /**
     * Creates a pair.
     *
     * @param chain the certificate, and what it was signed by
     * @param key its private key, PKCS#8 without a password
     */
    public ClientCertificate {
      Objects.requireNonNull(chain, "chain");
      Objects.requireNonNull(key, "key");
    }
  }

  /**
   * What creates connections by TLS, in place of PEM files.
   *
   * @param context creates the connections
   * @param trustManager the one that the context was initialized with
   */
  public record TlsContext(SSLContext context, X509TrustManager trustManager) {

    /**
     * Creates a pair.
     *
     * @param context creates the connections
     * @param trustManager the one that the context was initialized with
     */
    public TlsContext {
      Objects.requireNonNull(context, "context");
      Objects.requireNonNull(trustManager, "trustManager");
    }
  }

  /**
   * Returns a builder.
   *
   * @param url where the registry is, in any form that its provider accepts
   * @return the builder
   */
  public static Builder builder(String url) {
    return new Builder(Objects.requireNonNull(url, "url"));
  }

  /**
   * Returns where the registry is.
   *
   * @return its url, in any form that its provider accepts; it may hold a password
   */
  public String url() {
    return url;
  }

  /**
   * Returns the key that each call carries.
   *
   * @return the key, a secret; empty for no key
   */
  public Optional<String> serviceKey() {
    return serviceKey;
  }

  /**
   * Returns how long a call may take.
   *
   * @return the time
   */
  public Duration timeout() {
    return timeout;
  }

  /**
   * Returns what each request carries besides, for example for a gateway before the registry.
   *
   * @return values, which may be secrets, by the names of the headers; unmodifiable
   */
  public Map<String, String> headers() {
    return headers;
  }

  /**
   * Returns which certificates of servers are trusted.
   *
   * @return a PEM file with the authorities; empty for those that the JVM trusts
   */
  public Optional<Path> trustedCertificates() {
    return trustedCertificates;
  }

  /**
   * Returns what is shown to servers that ask for a certificate.
   *
   * @return the certificate; empty for none
   */
  public Optional<ClientCertificate> clientCertificate() {
    return clientCertificate;
  }

  /**
   * Returns what creates connections by TLS, in place of PEM files.
   *
   * @return the context; empty for the JVM's own, or for that of the PEM files
   */
  public Optional<TlsContext> tlsContext() {
    return tlsContext;
  }

  /** Shows neither keys nor headers nor the url, which may hold a password. */
  @Override
  public String toString() {
    return "RegistryTarget[timeout=" + timeout + "]";
  }

  /** Builds a target. Values are checked by the provider that opens it. Not thread-safe. */
  public static final class Builder {
    private final String url;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private @Nullable String serviceKey;
    private Duration timeout = Duration.ofSeconds(10);
    private @Nullable Path trustedCertificates;
    private @Nullable ClientCertificate clientCertificate;
    private @Nullable TlsContext tlsContext;

    private Builder(String url) {
      this.url = url;
    }

    /**
     * Sets the key that each call carries. Default: none.
     *
     * @param serviceKey the key
     * @return this
     */
    public Builder serviceKey(String serviceKey) {
      this.serviceKey = Objects.requireNonNull(serviceKey, "serviceKey");
      return this;
    }

    /**
     * Sets how long a call may take. Default: 10 seconds.
     *
     * @param timeout the time
     * @return this
     */
    public Builder timeout(Duration timeout) {
      this.timeout = Objects.requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * Adds a header to each request. Default: none.
     *
     * @param name its name; one of this name that was added before is replaced
     * @param value its value
     * @return this
     */
    public Builder header(String name, String value) {
      headers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
      return this;
    }

    /**
     * Sets which certificates of servers are trusted. Default: those that the JVM trusts.
     *
     * @param pem a file with the authorities
     * @return this
     */
    public Builder trustedCertificates(Path pem) {
      this.trustedCertificates = Objects.requireNonNull(pem, "pem");
      return this;
    }

    /**
     * Sets what is shown to servers that ask for a certificate. Default: nothing.
     *
     * @param certificate the certificate and its key
     * @return this
     */
    public Builder clientCertificate(ClientCertificate certificate) {
      this.clientCertificate = Objects.requireNonNull(certificate, "certificate");
      return this;
    }

    /**
     * Sets what creates connections by TLS, in place of PEM files. Default: none.
     *
     * @param context the context and its trust manager
     * @return this
     */
    public Builder tlsContext(TlsContext context) {
      this.tlsContext = Objects.requireNonNull(context, "context");
      return this;
    }

    /**
     * Builds the target.
     *
     * @return the target
     */
    public RegistryTarget build() {
      return new RegistryTarget(this);
    }
  }
}
