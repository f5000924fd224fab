package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request's URI points at.
 *
 * @param resource the kind
 * @param id the id in the path, empty where the resource has none
 * @param lease the lease id in the query
 */
record Target(Resource resource, String id, Optional<String> lease) {
  private static final String LEASE = "lease=";

  /** Reads a request's URI; empty if the protocol has no such path. */
  static Optional<Target> of(HttpExchange exchange) {
    URI uri = exchange.getRequestURI();
    String base = basePath(exchange);
    String path = uri.getRawPath();
    // The JDK hands what is under /foobar to the context /foo.
    if (path == null || !path.startsWith(base + '/')) {
      return Optional.empty();
    }
    // Split first and decode then: an encoded slash divides nothing.
    String[] segments = path.substring(base.length() + 1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      segments[i] = decode(segments[i]);
    }
    return Optional.ofNullable(of(segments, leaseIn(uri.getRawQuery())));
  }

  /** Returns the path that the handler is mounted at, without a slash at its end. */
  static String basePath(HttpExchange exchange) {
    String path = exchange.getHttpContext().getPath();
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static @Nullable Target of(String[] segments, Optional<String> lease) {
    if (segments.length == 1 && segments[0].equals("health")) {
      return new Target(Resource.HEALTH, "", lease);
    }
    if (!segments[0].equals("services")) {
      return null;
    }
    if (segments.length == 1) {
      return new Target(Resource.SERVICES, "", lease);
    }
    if (segments.length == 2 && segments[1].equals("$register")) {
      return new Target(Resource.REGISTER, "", lease);
    }
    if (segments.length == 2 && !segments[1].isEmpty()) {
      return new Target(Resource.SERVICE, segments[1], lease);
    }
    if (segments.length == 3 && !segments[1].isEmpty() && segments[2].equals("$ping")) {
      return new Target(Resource.PING, segments[1], lease);
    }
    return null;
  }

  private static Optional<String> leaseIn(@Nullable String query) {
    if (query == null) {
      return Optional.empty();
    }
    for (String parameter : query.split("&", -1)) {
      if (parameter.startsWith(LEASE)) {
        return Optional.of(decode(parameter.substring(LEASE.length())));
      }
    }
    return Optional.empty();
  }

  private static String decode(String text) {
    // URLDecoder is for forms, where a plus is a space. A URI's escapes were checked by its parser.
    return text.indexOf('%') < 0
        ? text
        : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
