package dev.rollcall.http.server;

import com.sun.net.httpserver.HttpExchange;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a request asks for: the protocol's paths, and others that stand fixed beside them. One
 * slash at a path's end makes no difference, for shells and people add and lose them.
 */
final class Routes {
  private static final String QUOTE = "; quote the $, or a shell takes it for a variable";

  private final PathEndpoints services;
  private final PathEndpoints register;
  private final PathEndpoints service;
  private final PathEndpoints ping;
  private final Map<String, PathEndpoints> fixed;
  private final Set<String> alsoAtRoot;
  private final Cors cors;
  private final PathEndpoints redirect = BuiltInEndpoints.redirect();

  /**
   * Makes them.
   *
   * @param fixed by path without a slash at its start, such as {@code health/live}; outside of
   *     {@code services}
   * @param alsoAtRoot those of the fixed paths that are there without the base path as well
   * @param cors for which pages a browser asks before it reads
   */
  Routes(
      ServiceEndpoints serviceEndpoints,
      Map<String, PathEndpoints> fixed,
      Set<String> alsoAtRoot,
      Cors cors) {
    this.services =
        PathEndpoints.read(new Endpoint("list", RequestKind.LIST, serviceEndpoints::list))
            .hint("POST", "a service registers at services/$register" + QUOTE);
    this.register =
        PathEndpoints.of(
            "POST", new Endpoint("register", RequestKind.WRITE, true, serviceEndpoints::register));
    this.service =
        PathEndpoints.read(new Endpoint("find", RequestKind.READ, serviceEndpoints::find))
            .and(
                "DELETE",
                new Endpoint("deregister", RequestKind.WRITE, serviceEndpoints::deregister))
            .hint("POST", "a service registers at services/$register" + QUOTE)
            .hint("PUT", "a service pings at services/{id}/$ping" + QUOTE);
    this.ping =
        PathEndpoints.of("PUT", new Endpoint("ping", RequestKind.PING, serviceEndpoints::ping));
    this.fixed = Map.copyOf(fixed);
    this.alsoAtRoot = Set.copyOf(alsoAtRoot);
    this.cors = cors;
  }

  Request route(HttpExchange exchange) {
    String[] segments = RequestPath.segments(exchange);
    if (segments == null) {
      return atBase(exchange);
    }
    PathEndpoints resource = resourceAt(segments);
    if (resource == null) {
      return nowhere(exchange);
    }
    ServiceReference reference =
        resource == service || resource == ping
            ? ServiceReference.of(segments[1], exchange.getRequestURI().getRawQuery())
            : ServiceReference.NONE;
    return new Request(exchange, endpoint(resource, exchange), reference);
  }

  /** Finds what is outside of the base path: probes and scrapers are configured by hand. */
  Request routeElsewhere(HttpExchange exchange) {
    String[] segments = RequestPath.segments(exchange);
    @Nullable PathEndpoints resource = segments == null ? null : fixedAt(segments, alsoAtRoot);
    return resource == null
        ? nowhere(exchange, "; this server's paths start with its base path, see --base-path")
        : new Request(exchange, endpoint(resource, exchange), ServiceReference.NONE);
  }

  private Endpoint endpoint(PathEndpoints resource, HttpExchange exchange) {
    return resource.isReadable() && cors.isPreflightOfRead(exchange)
        ? Cors.PREFLIGHT
        : resource.endpoint(exchange.getRequestMethod());
  }

  /** Leads from the base path itself, without a slash, to the page, if there is one. */
  private Request atBase(HttpExchange exchange) {
    boolean isBase = RequestPath.base(exchange).equals(exchange.getRequestURI().getRawPath());
    return isBase && fixed.containsKey("")
        ? new Request(
            exchange, redirect.endpoint(exchange.getRequestMethod()), ServiceReference.NONE)
        : nowhere(exchange);
  }

  private static Request nowhere(HttpExchange exchange) {
    return nowhere(exchange, "");
  }

  private static Request nowhere(HttpExchange exchange, String hint) {
    Problem problem = Problem.noSuchPath(exchange.getRequestURI().getRawPath(), hint);
    return new Request(exchange, Endpoint.unknown(problem), ServiceReference.NONE);
  }

  private @Nullable PathEndpoints resourceAt(String[] segments) {
    if (!segments[0].equals("services")) {
      return fixedAt(segments, fixed.keySet());
    }
    if (segments.length == 1) {
      return services;
    }
    if (segments.length == 2 && segments[1].equals("$register")) {
      return register;
    }
    if (segments.length == 2 && !segments[1].isEmpty()) {
      return service;
    }
    if (segments.length == 3 && !segments[1].isEmpty() && segments[2].equals("$ping")) {
      return ping;
    }
    return null;
  }

  private @Nullable PathEndpoints fixedAt(String[] segments, Set<String> paths) {
    for (String segment : segments) {
      if (segment.indexOf('/') >= 0) {
        return null; // It was encoded, so it divides nothing.
      }
    }
    String path = String.join("/", segments);
    return paths.contains(path) ? fixed.get(path) : null;
  }
}
