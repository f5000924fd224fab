package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where clients reach this registry: what the operator says, else what the request says. */
final class PublicUrl {
  private static final int MAX_HOST_LENGTH = 255;

  /** What may stand in a Host header to be believed; never a slash, an at or a space. */
  private static final Pattern PLAIN_HOST =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::\\d{1,5})?");

  private final Optional<String> configured;

  private PublicUrl(Optional<String> configured) {
    this.configured = configured;
  }

  static PublicUrl fromRequest() {
    return new PublicUrl(Optional.empty());
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
    return new PublicUrl(Optional.of(url.toString().replaceFirst("/+$", "")));
  }

  /** Returns the url of the handler's root, without a slash at its end. */
  String of(HttpExchange exchange) {
    return configured.orElseGet(
        () -> {
          String scheme = exchange instanceof HttpsExchange ? "https://" : "http://";
          return scheme + host(exchange) + Path.base(exchange);
        });
  }

  private static String host(HttpExchange exchange) {
    List<String> hosts = exchange.getRequestHeaders().get("Host");
    if (hosts != null && hosts.size() == 1) {
      String host = hosts.get(0);
      if (host.length() <= MAX_HOST_LENGTH && PLAIN_HOST.matcher(host).matches()) {
        return host;
      }
    }
    return hostOf(exchange.getLocalAddress());
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
