package dev.rollcall.http.server.address;

import dev.rollcall.http.server.spi.ServerExchange;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where clients reach this registry: what the operator says, else what a trusted proxy says, else
 * what the request says.
 */
public final class PublicUrl {
  /** Segments that need no escapes, each after a slash. */
  public static final Pattern PLAIN_PATH =
      Pattern.compile("(?:/(?!\\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)*/?");

  private static final int MAX_LENGTH = 255;

  /** An origin as browsers send it; group 2 is its host, with the port unless that is the usual. */
  private static final Pattern ORIGIN =
      Pattern.compile("(https?)://(" + HostName.HOST_AND_PORT_REGEX + ")");

  private final Optional<String> configured;
  private final boolean isProxyTrusted;

  private PublicUrl(Optional<String> configured, boolean isProxyTrusted) {
    this.configured = configured;
    this.isProxyTrusted = isProxyTrusted;
  }

  static PublicUrl fromRequest() {
    return new PublicUrl(Optional.empty(), false);
  }

  static PublicUrl fromProxy() {
    return new PublicUrl(Optional.empty(), true);
  }

  public static PublicUrl of(URI url) {
    boolean isHttp =
        "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
    // Not getHost(), which is null for a name with an underscore, as containers have them.
    if (!isHttp
        || url.getRawAuthority() == null
        || HostName.inAuthority(url.getRawAuthority()).isEmpty()
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "a publicUrl is absolute, http or https, with a host and without user info, query and"
              + " fragment, as in https://registry.example/v2");
    }
    return new PublicUrl(Optional.of(url.toString().replaceFirst("/+$", "")), false);
  }

  /** Returns the url of the handler's root, without a slash at its end. */
  public String of(ServerExchange exchange) {
    if (configured.isPresent()) {
      return configured.get();
    }
    return scheme(exchange) + host(exchange) + prefix(exchange) + exchange.basePath();
  }

  /** Returns the host that the operator says clients reach it by, if any. */
  public Optional<HostName> configuredHost() {
    return configured.flatMap(url -> HostName.inAuthority(URI.create(url).getRawAuthority()));
  }

  /**
   * Returns whether a page of an origin is one of this server's own: of the configured URL, or of
   * the host that the request is for. Of that the scheme is not compared, since TLS may end at a
   * proxy that says nothing of it.
   */
  public boolean hasOrigin(ServerExchange exchange, String origin) {
    Matcher parts = ORIGIN.matcher(origin);
    if (!parts.matches()) {
      return false;
    }
    if (configured.isPresent() && origin.equals(originOf(configured.get()))) {
      return true;
    }
    // Browsers leave the usual port out, while a proxy may write it to Host in any case.
    String scheme = parts.group(1);
    String host = withoutUsualPort(scheme, parts.group(2));
    return host.equalsIgnoreCase(withoutUsualPort(scheme, hostHeader(exchange)))
        || (isProxyTrusted
            && host.equalsIgnoreCase(
                withoutUsualPort(scheme, ForwardedHeaders.last(exchange, "X-Forwarded-Host"))));
  }

  /**
   * Returns an origin as browsers write it.
   *
   * @throws IllegalArgumentException if it is not an origin
   */
  public static String checkedOrigin(String text) {
    String origin = text.toLowerCase(Locale.ROOT);
    Matcher parts = ORIGIN.matcher(origin);
    if (!parts.matches() || HostName.inAuthority(parts.group(2)).isEmpty()) {
      throw new IllegalArgumentException(
          "an origin is a scheme and a host, and a port unless it is the usual, as in"
              + " https://dashboard.example; not '"
              + text
              + "'");
    }
    return originOf(origin);
  }

  /** Returns the origin of a URL as browsers write it. */
  static String originOf(String url) {
    URI parts = URI.create(url);
    String scheme = parts.getScheme().toLowerCase(Locale.ROOT);
    return scheme
        + "://"
        + withoutUsualPort(scheme, parts.getRawAuthority().toLowerCase(Locale.ROOT));
  }

  private static String withoutUsualPort(String scheme, String authority) {
    String usualPort = scheme.equals("https") ? ":443" : ":80";
    return authority.endsWith(usualPort)
        ? authority.substring(0, authority.length() - usualPort.length())
        : authority;
  }

  private String scheme(ServerExchange exchange) {
    boolean isSecure = exchange.isSecure();
    if (isProxyTrusted) {
      String proto = ForwardedHeaders.last(exchange, "X-Forwarded-Proto");
      isSecure = proto.isEmpty() ? isSecure : proto.equalsIgnoreCase("https");
    }
    return isSecure ? "https://" : "http://";
  }

  private String host(ServerExchange exchange) {
    if (isProxyTrusted) {
      String host = ForwardedHeaders.last(exchange, "X-Forwarded-Host");
      if (isPlain(HostName.HOST_AND_PORT, host)) {
        return host;
      }
    }
    String host = hostHeader(exchange);
    return isPlain(HostName.HOST_AND_PORT, host) ? host : hostOf(exchange.localAddress());
  }

  /** Returns the host that a request is for; empty if it names none, or several. */
  private static String hostHeader(ServerExchange exchange) {
    List<String> hosts = exchange.headers("Host");
    return hosts.size() == 1 ? hosts.get(0) : "";
  }

  private String prefix(ServerExchange exchange) {
    if (!isProxyTrusted) {
      return "";
    }
    String prefix = ForwardedHeaders.last(exchange, "X-Forwarded-Prefix");
    return isPlain(PLAIN_PATH, prefix) ? prefix.replaceFirst("/$", "") : "";
  }

  private static boolean isPlain(Pattern plain, String text) {
    return text.length() <= MAX_LENGTH && plain.matcher(text).matches();
  }

  /** Returns an address as a url has it; this host for one that means all of its addresses. */
  public static String hostOf(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    if (address.getAddress().isAnyLocalAddress()) {
      host = "127.0.0.1";
    } else if (address.getAddress() instanceof Inet6Address) {
      host = "[" + host.replaceFirst("%.*", "") + "]";
    }
    return host + ":" + address.getPort();
  }
}
