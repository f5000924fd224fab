package dev.rollcall.http.client.transport;

import dev.rollcall.http.client.protocol.Endpoints;
import dev.rollcall.http.wire.TlsIdentity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Transport} reaches the servers of a registry. Each method checks its argument at
 * once.
 *
 * <p>Not safe for use by more than one thread at a time.
 */
public final class TransportSettings {
  private static final int MAX_HEADERS = 32;
  private static final int MAX_HEADER_LENGTH = 4_096;
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
  private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]([ -~]*[!-~])?");

  /** A shorter text in a message is more likely to be just that text. */
  private static final int MIN_SECRET_LENGTH = 8;

  /** Those of the protocol and of HTTP's own framing. */
  private static final Set<String> OWN_HEADERS =
      Set.of(
          "accept",
          "accept-encoding",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "expect",
          "host",
          "if-none-match",
          "keep-alive",
          "last-event-id",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-service-key");

  private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  private final Endpoints endpoints;
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private @Nullable CurrentServiceKey serviceKey;
  private @Nullable ClientTls sslContext;
  private @Nullable Supplier<List<X509Certificate>> authorities;
  private @Nullable Supplier<TlsIdentity> identity;
  private Duration timeout = Duration.ofSeconds(10);
  private InstantSource wallClock = InstantSource.system();

  // Replaced by tests.
  public LongSupplier nanoTime = System::nanoTime;
  public Dns dns = Dns.SYSTEM;
  public SocketFactory sockets = SocketFactory.getDefault();
  public Duration streamSilence = Transport.STREAM_SILENCE;
  public Duration streamLimit = Transport.STREAM_LIMIT;
  public Duration probeInterval = Failover.PROBE_INTERVAL;

  public TransportSettings(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  /**
   * Sets where the key of each request comes from.
   *
   * @throws IllegalArgumentException if what it returns now is not a key
   */
  public void serviceKey(Supplier<String> serviceKey) {
    this.serviceKey = new CurrentServiceKey(serviceKey);
  }

  /**
   * Adds a header to each request.
   *
   * @throws IllegalArgumentException if it is not valid, or one too many
   */
  public void header(String name, String value) {
    if (!HEADER_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of a header is 1 to 100 letters, digits and signs such as -, no spaces");
    }
    if (OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "the header " + name + " is set by the client itself; a key is set with serviceKey()");
    }
    if (value.length() > MAX_HEADER_LENGTH || !HEADER_VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "the value of the header "
              + name
              + " is not 1 to "
              + MAX_HEADER_LENGTH
              + " visible characters of ASCII, without spaces around them");
    }
    if (headers.size() == MAX_HEADERS && !headers.containsKey(name)) {
      throw new IllegalArgumentException("there are more than " + MAX_HEADERS + " headers");
    }
    headers.put(name, value);
  }

  /**
   * Sets how long a call may take.
   *
   * @throws IllegalArgumentException if it is out of bounds
   */
  public void timeout(Duration timeout) {
    if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException("a timeout is 1 ms to 1 h, not " + timeout);
    }
    this.timeout = timeout;
  }

  /** Sets the authorities whose certificates servers must have. */
  public void authorities(Supplier<List<X509Certificate>> authorities) {
    this.authorities = authorities;
  }

  /** Sets the certificate that is shown to servers that ask for one. */
  public void identity(Supplier<TlsIdentity> identity) {
    this.identity = identity;
  }

  /** Sets what is trusted and what is shown to servers, in place of the two. */
  public void sslContext(ClientTls sslContext) {
    this.sslContext = sslContext;
  }

  /** Sets the clock for times that the registry leaves out, and for those to wait for. */
  public void wallClock(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  public Endpoints endpoints() {
    return endpoints;
  }

  public Duration timeout() {
    return timeout;
  }

  public InstantSource wallClock() {
    return wallClock;
  }

  /** Returns the headers of each request, except its key. */
  Map<String, String> headers() {
    return new TreeMap<>(headers);
  }

  Optional<CurrentServiceKey> serviceKey() {
    return Optional.ofNullable(serviceKey);
  }

  /** Returns what no message may show; of keys, those that are in use then. */
  public Supplier<List<String>> secrets() {
    List<String> values =
        headers.values().stream().filter(value -> value.length() >= MIN_SECRET_LENGTH).toList();
    CurrentServiceKey key = serviceKey;
    if (key == null) {
      return () -> values;
    }
    return () -> Stream.concat(key.used().stream(), values.stream()).toList();
  }

  /**
   * Returns what differs from the JVM's own settings of TLS, if anything does; files are read again
   * when they change.
   *
   * @throws IllegalArgumentException if there are both an SSL context and files, or the files have
   *     become invalid
   */
  Optional<Supplier<ClientTls>> tls() {
    boolean hasPem = authorities != null || identity != null;
    if (sslContext != null && hasPem) {
      throw new IllegalArgumentException(
          "sslContext() takes the place of trustedCertificates() and clientCertificate(); set one"
              + " or the others");
    }
    if (hasPem) {
      return Optional.of(new ReloadingTls(authorities, identity));
    }
    return Optional.ofNullable(sslContext).map(given -> () -> given);
  }
}
