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

  private final Resource services;
  private final Resource register;
  private final Resource service;
  private final Resource ping;
  private final Map<String, Resource> fixed;
  private final Set<String> alsoAtRoot;
  private final Cors cors;
  private final Resource redirect = SelfDescription.redirect();

  /**
   * Makes them.
   *
   * @param fixed by path without a slash at its start, such as {@code health/live}; outside of
   *     {@code services}
   * @param alsoAtRoot those of the fixed paths that are there without the base path as well
   * @param cors for which pages a browser asks before it reads
   */
  Routes(Operations operations, Map<String, Resource> fixed, Set<String> alsoAtRoot, Cors cors) {
    this.services =
        Resource.read(new Endpoint("list", Access.LIST, operations::list))
            .hint("POST", "a service registers at services/$register" + QUOTE);
    this.register =
        Resource.of("POST", new Endpoint("register", Access.WRITE, true, operations::register));
    this.service =
        Resource.read(new Endpoint("find", Access.READ, operations::find))
            .and("DELETE", new Endpoint("deregister", Access.WRITE, operations::deregister))
            .hint("POST", "a service registers at services/$register" + QUOTE)
            .hint("PUT", "a service pings at services/{id}/$ping" + QUOTE);
    this.ping = Resource.of("PUT", new Endpoint("ping", Access.PING, operations::ping));
    this.fixed = Map.copyOf(fixed);
    this.alsoAtRoot = Set.copyOf(alsoAtRoot);
    this.cors = cors;
  }

  Request route(HttpExchange exchange) {
    String[] segments = RequestPath.segments(exchange);
    if (segments == null) {
      return atBase(exchange);
    }
    Resource resource = resourceAt(segments);
    if (resource == null) {
      return nowhere(exchange);
    }
    Target target =
        resource == service || resource == ping
            ? Target.of(segments[1], exchange.getRequestURI().getRawQuery())
            : Target.NONE;
    return new Request(exchange, endpoint(resource, exchange), target);
  }

  /** Finds what is outside of the base path: probes and scrapers are configured by hand. */
  Request routeElsewhere(HttpExchange exchange) {
    String[] segments = RequestPath.segments(exchange);
    @Nullable Resource resource = segments == null ? null : fixedAt(segments, alsoAtRoot);
    return resource == null
        ? nowhere(exchange, "; this server's paths start with its base path, see --base-path")
        : new Request(exchange, endpoint(resource, exchange), Target.NONE);
  }

  private Endpoint endpoint(Resource resource, HttpExchange exchange) {
    return resource.isReadable() && cors.isPreflightOfRead(exchange)
        ? Cors.PREFLIGHT
        : resource.endpoint(exchange.getRequestMethod());
  }

  /** Leads from the base path itself, without a slash, to the page, if there is one. */
  private Request atBase(HttpExchange exchange) {
    boolean isBase = RequestPath.base(exchange).equals(exchange.getRequestURI().getRawPath());
    return isBase && fixed.containsKey("")
        ? new Request(exchange, redirect.endpoint(exchange.getRequestMethod()), Target.NONE)
        : nowhere(exchange);
  }

  private static Request nowhere(HttpExchange exchange) {
    return nowhere(exchange, "");
  }

  private static Request nowhere(HttpExchange exchange, String hint) {
    Problem problem = Problem.noSuchPath(exchange.getRequestURI().getRawPath(), hint);
    return new Request(exchange, Endpoint.unknown(problem), Target.NONE);
  }

  private @Nullable Resource resourceAt(String[] segments) {
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

  private @Nullable Resource fixedAt(String[] segments, Set<String> paths) {
    for (String segment : segments) {
      if (segment.indexOf('/') >= 0) {
        return null; // It was encoded, so it divides nothing.
      }
    }
    String path = String.join("/", segments);
    return paths.contains(path) ? fixed.get(path) : null;
  }
}
