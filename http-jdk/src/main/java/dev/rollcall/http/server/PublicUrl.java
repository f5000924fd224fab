package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where clients reach this registry: what the operator says, else what a trusted proxy says, else
 * what the request says.
 */
final class PublicUrl {
  /** Segments that need no escapes, each after a slash. */
  static final Pattern PLAIN_PATH = Pattern.compile("(?:/(?!\\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)*/?");

  private static final int MAX_LENGTH = 255;

  /** What may stand in a Host header to be believed; never a slash, an at or a space. */
  private static final Pattern PLAIN_HOST =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::\\d{1,5})?");

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

  static PublicUrl of(URI url) {
    boolean isHttp =
        "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
    if (!isHttp
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "a publicUrl is absolute, http or https, with a host and without user info, query and"
              + " fragment, as in https://registry.example/v2");
    }
    return new PublicUrl(Optional.of(url.toString().replaceFirst("/+$", "")), false);
  }

  /** Returns the url of the handler's root, without a slash at its end. */
  String of(HttpExchange exchange) {
    if (configured.isPresent()) {
      return configured.get();
    }
    return scheme(exchange) + host(exchange) + prefix(exchange) + RequestPath.base(exchange);
  }

  private String scheme(HttpExchange exchange) {
    boolean isSecure = exchange instanceof HttpsExchange;
    if (isProxyTrusted) {
      String proto = Forwarded.last(exchange, "X-Forwarded-Proto");
      isSecure = proto.isEmpty() ? isSecure : proto.equalsIgnoreCase("https");
    }
    return isSecure ? "https://" : "http://";
  }

  private String host(HttpExchange exchange) {
    if (isProxyTrusted) {
      String host = Forwarded.last(exchange, "X-Forwarded-Host");
      if (isPlain(PLAIN_HOST, host)) {
        return host;
      }
    }
    @Nullable List<String> hosts = exchange.getRequestHeaders().get("Host");
    boolean isOne = hosts != null && hosts.size() == 1 && isPlain(PLAIN_HOST, hosts.get(0));
    return isOne ? hosts.get(0) : hostOf(exchange.getLocalAddress());
  }

  private String prefix(HttpExchange exchange) {
    if (!isProxyTrusted) {
      return "";
    }
    String prefix = Forwarded.last(exchange, "X-Forwarded-Prefix");
    return isPlain(PLAIN_PATH, prefix) ? prefix.replaceFirst("/$", "") : "";
  }

  private static boolean isPlain(Pattern plain, String text) {
    return text.length() <= MAX_LENGTH && plain.matcher(text).matches();
  }

  /** Returns an address as a url has it; this host for one that means all of its addresses. */
  static String hostOf(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    if (address.getAddress().isAnyLocalAddress()) {
      host = "127.0.0.1";
    } else if (address.getAddress() instanceof Inet6Address) {
      host = "[" + host.replaceFirst("%.*", "") + "]";
    }
    return host + ":" + address.getPort();
  }
}
