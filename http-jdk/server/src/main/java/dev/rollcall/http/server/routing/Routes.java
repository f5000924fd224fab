package dev.rollcall.http.server.routing;

import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.request.AcceptHeader;
import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import dev.rollcall.http.server.request.RequestTarget;
import dev.rollcall.http.server.request.ServiceReference;
import dev.rollcall.http.server.spi.AsyncServerExchange;
import dev.rollcall.http.server.spi.ServerExchange;
import dev.rollcall.http.server.stream.Watches;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a request asks for: the protocol's paths, and others that stand fixed beside them. One
 * slash at a path's end makes no difference, for shells and people add and lose them.
 */
public final class Routes {
  private static final String QUOTE = "; quote the $, or a shell takes it for a variable";

  private static final String OPERATIONS =
      "; there are POST $register, PUT $ping, GET $prometheus, GET $events and GET $status";

  private final PathEndpoints services;
  private final Endpoint stream;
  private final Endpoint poll;
  private final PathEndpoints register;
  private final PathEndpoints service;
  private final PathEndpoints ping;
  private final PathEndpoints batchPing;
  private final PathEndpoints prometheusTargets;
  private final PathEndpoints history;
  private final PathEndpoints events;
  private final PathEndpoints status;
  private final Map<String, PathEndpoints> fixed;
  private final Set<String> alsoAtRoot;
  private final Set<String> apart;
  private final Cors cors;
  private final PathEndpoints redirect = BuiltInEndpoints.redirect();

  /**
   * Makes them.
   *
   * @param fixed by path without a slash at its start, such as {@code health/live}; outside of
   *     {@code services}
   * @param alsoAtRoot those of the fixed paths that are there without the base path as well, and at
   *     a port for observation
   * @param apart those of them that are at such a port alone
   * @param cors for which pages a browser asks before it reads
   */
  public Routes(
      ServiceEndpoints serviceEndpoints,
      BatchPingEndpoint batchPingEndpoint,
      HistoryEndpoints historyEndpoints,
      StatusEndpoint statusEndpoint,
      Watches watches,
      Map<String, PathEndpoints> fixed,
      Set<String> alsoAtRoot,
      Set<String> apart,
      Cors cors) {
    this.services =
        PathEndpoints.read(new Endpoint("list", RequestKind.LIST, serviceEndpoints::list))
            .hint("POST", "a service registers at services/$register" + QUOTE);
    this.stream = new Endpoint("watch", RequestKind.WATCH, watches::stream);
    this.poll = new Endpoint("poll", RequestKind.WATCH, watches::poll);
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
    this.batchPing =
        PathEndpoints.of(
            "PUT", new Endpoint("ping-batch", RequestKind.PING, true, batchPingEndpoint::ping));
    this.prometheusTargets =
        PathEndpoints.read(
            new Endpoint("prometheus", RequestKind.LIST, serviceEndpoints::prometheusTargets));
    this.history =
        PathEndpoints.read(new Endpoint("history", RequestKind.READ, historyEndpoints::ofService));
    this.events =
        PathEndpoints.read(new Endpoint("events", RequestKind.LIST, historyEndpoints::newest));
    this.status =
        PathEndpoints.read(new Endpoint("status", RequestKind.READ, statusEndpoint::status));
    this.fixed = Map.copyOf(fixed);
    this.alsoAtRoot = Set.copyOf(alsoAtRoot);
    this.apart = Set.copyOf(apart);
    this.cors = cors;
  }

  /** Finds what a request is for; there is always something, if only a problem. */
  public Request route(ServerExchange exchange) {
    return route(exchange, this::route);
  }

  /** Finds what a request at a port for observation is for. */
  public Request routeObserved(ServerExchange exchange) {
    return route(exchange, this::routeObserved);
  }

  private static Request route(
      ServerExchange exchange, BiFunction<ServerExchange, RequestTarget, Request> routing) {
    RequestTarget target = RequestTarget.of(exchange.target());
    try {
      return routing.apply(exchange, target);
    } catch (IllegalArgumentException e) {
      return unknown(exchange, target, Problem.malformedTarget(target.path()));
    }
  }

  private Request routeObserved(ServerExchange exchange, RequestTarget target) {
    String[] segments = target.segmentsBelow("");
    PathEndpoints found = segments == null ? null : fixedAt(segments, alsoAtRoot);
    return found == null
        ? nowhere(
            exchange, target, "; this port has " + String.join(", ", new TreeSet<>(alsoAtRoot)))
        : new Request(exchange, target, endpoint(found, exchange), ServiceReference.NONE);
  }

  private Request route(ServerExchange exchange, RequestTarget target) {
    String[] segments = target.segmentsBelow(exchange.basePath());
    if (segments == null) {
      return elsewhere(exchange, target);
    }
    PathEndpoints found = at(segments);
    if (found == null) {
      boolean isOperation = segments.length == 2 && isOperation(segments[1]);
      return nowhere(exchange, target, isOperation ? OPERATIONS : "");
    }
    ServiceReference reference =
        found == service || found == ping || found == history
            ? ServiceReference.of(segments[1], target.query())
            : ServiceReference.NONE;
    Endpoint endpoint = endpoint(found, exchange);
    return new Request(
        exchange,
        target,
        found == services ? watched(endpoint, exchange, target) : endpoint,
        reference);
  }

  /**
   * Finds what is not below the base path: the base path itself, without a slash, which leads to
   * the page, if there is one; and what probes and scrapers ask for, which are configured by hand.
   */
  private Request elsewhere(ServerExchange exchange, RequestTarget target) {
    if (target.path().equals(exchange.basePath()) && fixed.containsKey("")) {
      return new Request(
          exchange, target, redirect.endpoint(exchange.method()), ServiceReference.NONE);
    }
    String[] segments = target.segmentsBelow("");
    PathEndpoints found = segments == null ? null : servedAt(segments, alsoAtRoot);
    return found == null
        ? nowhere(
            exchange, target, "; this server's paths start with its base path, see --base-path")
        : new Request(exchange, target, endpoint(found, exchange), ServiceReference.NONE);
  }

  private Endpoint endpoint(PathEndpoints found, ServerExchange exchange) {
    return found.isReadable() && cors.isPreflightOfRead(exchange)
        ? Cors.PREFLIGHT
        : found.endpoint(exchange.method());
  }

  /**
   * Returns what a request for the services asks for that would have the list: a stream or a change
   * of it, if it says so. A server that cannot keep responses open answers with the list.
   */
  private Endpoint watched(Endpoint list, ServerExchange exchange, RequestTarget target) {
    if (list.kind() != RequestKind.LIST) {
      return list;
    }
    if (exchange instanceof AsyncServerExchange
        && AcceptHeader.prefersStream(exchange.headers("Accept"))) {
      return stream;
    }
    boolean isConditional = !exchange.headers("If-None-Match").isEmpty();
    boolean isPoll = isConditional && exchange.method().equals("GET") && hasWait(target.query());
    return isPoll ? poll : list;
  }

  /** Returns whether a segment names an operation, as no id does. */
  private static boolean isOperation(String segment) {
    return segment.startsWith("$");
  }

  private static boolean hasWait(@Nullable String query) {
    return query != null && Stream.of(query.split("&")).anyMatch(each -> each.startsWith("wait="));
  }

  private static Request nowhere(ServerExchange exchange, RequestTarget target, String hint) {
    return unknown(exchange, target, Problem.noSuchPath(target.path(), hint));
  }

  private static Request unknown(ServerExchange exchange, RequestTarget target, Problem problem) {
    return new Request(exchange, target, Endpoint.unknown(problem), ServiceReference.NONE);
  }

  private @Nullable PathEndpoints at(String[] segments) {
    if (!segments[0].equals("services")) {
      return servedAt(segments, fixed.keySet());
    }
    if (segments.length == 1) {
      return services;
    }
    if (segments.length == 2 && segments[1].equals("$register")) {
      return register;
    }
    if (segments.length == 2 && segments[1].equals("$ping")) {
      return batchPing;
    }
    if (segments.length == 2 && segments[1].equals("$prometheus")) {
      return prometheusTargets;
    }
    if (segments.length == 2 && segments[1].equals("$events")) {
      return events;
    }
    if (segments.length == 2 && segments[1].equals("$status")) {
      return status;
    }
    if (segments.length == 2 && !segments[1].isEmpty() && !isOperation(segments[1])) {
      return service;
    }
    if (segments.length == 3 && !segments[1].isEmpty() && segments[2].equals("$ping")) {
      return ping;
    }
    if (segments.length == 3 && !segments[1].isEmpty() && segments[2].equals("$history")) {
      return history;
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

  /** Returns what is at a path of the services' own port. */
  private @Nullable PathEndpoints servedAt(String[] segments, Set<String> paths) {
    PathEndpoints found = fixedAt(segments, paths);
    return found != null && apart.contains(String.join("/", segments)) ? null : found;
  }
}
