package dev.rollcall.http.client.protocol;

import dev.rollcall.Fence;
import dev.rollcall.discovery.Query;
import dev.rollcall.history.EventQuery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/** The URLs of one registry, at its first server, and where its other servers are. */
public final class Endpoints {
  private static final String SERVICES = "services";
  private static final String REGISTER = "$register";
  private static final String HISTORY = "$history";
  private static final String EVENTS = "$events";
  private static final String PING = "$ping";
  private static final String LEASE = "lease";

  /** Servers and proxies commonly refuse a request line of more than 8 KB. */
  private static final int MAX_URL_LENGTH = 7_000;

  /** OkHttp's parser alone would accept {@code http:h}, trim spaces and turn backslashes. */
  private static final Pattern ABSOLUTE = Pattern.compile("(?i:https?)://[^/\\\\\\s][^\\\\\\s]*");

  /** Each call may try them all, and each of them costs the others time. */
  private static final int MAX_SERVERS = 8;

  /** A comma may be part of a path, so what follows has to look like a URL. */
  private static final Pattern BETWEEN = Pattern.compile("\\s*,\\s*(?=(?i:https?)://)");

  private final List<HttpUrl> roots;
  private final HttpUrl services;

  private Endpoints(List<HttpUrl> roots) {
    this.roots = List.copyOf(roots);
    this.services = roots.get(0).newBuilder().addPathSegment(SERVICES).build();
  }

  /**
   * Reads where the servers of a registry are, with a comma between two: of each its root, its
   * {@code /services}, or its register URL.
   *
   * @throws IllegalArgumentException if it is malformed; the message says why, and never repeats
   *     it, since it may hold a password
   */
  public static Endpoints of(String urls) {
    List<HttpUrl> roots = BETWEEN.splitAsStream(urls).map(Endpoints::parse).toList();
    if (roots.isEmpty() || roots.size() > MAX_SERVERS) {
      throw new IllegalArgumentException(
          "a registry has 1 to " + MAX_SERVERS + " urls; these are " + roots.size());
    }
    if (new HashSet<>(roots).size() < roots.size()) {
      throw new IllegalArgumentException("one of a registry's urls is there twice");
    }
    return new Endpoints(roots);
  }

  private static HttpUrl parse(String url) {
    HttpUrl parsed = ABSOLUTE.matcher(url).matches() ? HttpUrl.parse(url) : null;
    if (parsed == null) {
      throw new IllegalArgumentException(
          "a registry's url is absolute, http or https, with a host and no spaces, as in"
              + " http://registry:9000");
    }
    if (parsed.host().indexOf(',') >= 0) {
      throw new IllegalArgumentException(
          "each of several urls starts with http:// or https://, as in"
              + " http://one:9000,http://other:9000");
    }
    if (!parsed.encodedUsername().isEmpty() || !parsed.encodedPassword().isEmpty()) {
      throw new IllegalArgumentException(
          "a registry's url holds no user info; a service key is set with serviceKey()");
    }
    if (parsed.encodedQuery() != null || parsed.encodedFragment() != null) {
      throw new IllegalArgumentException("a registry's url has no query and no fragment");
    }
    return rootOf(parsed);
  }

  private static HttpUrl rootOf(HttpUrl url) {
    HttpUrl root = withoutSlash(url);
    if (last(root).equals(REGISTER)) {
      root = withoutLast(root);
      if (!last(root).equals(SERVICES)) {
        throw new IllegalArgumentException(
            "a registry's url that ends in /$register ends in /services/$register");
      }
    }
    return last(root).equals(SERVICES) ? withoutLast(root) : root;
  }

  private static HttpUrl withoutSlash(HttpUrl url) {
    HttpUrl bare = url;
    while (bare.pathSize() > 1 && last(bare).isEmpty()) {
      bare = bare.newBuilder().removePathSegment(bare.pathSize() - 1).build();
    }
    return bare;
  }

  private static HttpUrl withoutLast(HttpUrl url) {
    return withoutSlash(url.newBuilder().removePathSegment(url.pathSize() - 1).build());
  }

  /** Returns the last part of the path, decoded; empty at the root. */
  private static String last(HttpUrl url) {
    List<String> segments = url.pathSegments();
    return segments.get(segments.size() - 1);
  }

  /** Returns where to ask for services: for all of them, where the query is too long for a URL. */
  HttpUrl services(Query query) {
    HttpUrl.Builder url = services.newBuilder();
    query.parameters().forEach(each -> url.addQueryParameter(each.getKey(), each.getValue()));
    HttpUrl asked = url.build();
    return asked.toString().length() <= MAX_URL_LENGTH ? asked : services;
  }

  /** Returns where to ask what happened to an id. */
  HttpUrl history(String id) {
    return service(id).newBuilder().addPathSegment(HISTORY).build();
  }

  /**
   * Returns where to ask for the newest events: for as many as there may be, of any name, where the
   * query is too long for a URL.
   */
  HttpUrl events(EventQuery query) {
    HttpUrl.Builder url = service(EVENTS).newBuilder();
    query.parameters().forEach(each -> url.addQueryParameter(each.getKey(), each.getValue()));
    HttpUrl asked = url.build();
    if (asked.toString().length() <= MAX_URL_LENGTH) {
      return asked;
    }
    EventQuery all = EventQuery.newest(EventQuery.MAX_LIMIT);
    return events(query.since().map(all::since).orElse(all));
  }

  public HttpUrl register() {
    return services.newBuilder().addPathSegment(REGISTER).build();
  }

  HttpUrl service(String id) {
    return services.newBuilder().addPathSegment(id).build();
  }

  HttpUrl ping(String id) {
    return service(id).newBuilder().addPathSegment(PING).build();
  }

  HttpUrl pingAll() {
    return service(PING);
  }

  /** Returns a URL with this fence in place of any that it has. */
  static HttpUrl fenced(HttpUrl url, Fence fence) {
    HttpUrl.Builder fenced = url.newBuilder().removeAllQueryParameters(LEASE);
    fence.leaseId().ifPresent(leaseId -> fenced.addQueryParameter(LEASE, leaseId));
    return fenced.build();
  }

  /** Returns how many servers there are. */
  public int servers() {
    return roots.size();
  }

  /** Returns the root of a server, without a slash at its end. */
  public String server(int index) {
    return roots.get(index).toString().replaceFirst("/+$", "");
  }

  /** Returns a URL of this registry at one of its servers. */
  public HttpUrl at(int server, HttpUrl url) {
    return server == 0 ? url : moved(url, roots.get(0), roots.get(server));
  }

  /**
   * Returns a URL that a server gave as this registry's at the first server; empty if it leads
   * elsewhere, so that the service key must not be sent to it.
   */
  Optional<HttpUrl> atFirst(HttpUrl url) {
    for (HttpUrl root : roots) {
      if (isSameOrigin(root, url) && url.encodedPath().startsWith(folderOf(root))) {
        return Optional.of(moved(url, root, roots.get(0)));
      }
    }
    return servers() == 1 && isSameOrigin(services, url) ? Optional.of(url) : Optional.empty();
  }

  private static HttpUrl moved(HttpUrl url, HttpUrl from, HttpUrl to) {
    return url.newBuilder()
        .scheme(to.scheme())
        .host(to.host())
        .port(to.port())
        .encodedPath(folderOf(to) + url.encodedPath().substring(folderOf(from).length()))
        .build();
  }

  private static String folderOf(HttpUrl root) {
    String path = root.encodedPath();
    return path.endsWith("/") ? path : path + "/";
  }

  private static boolean isSameOrigin(HttpUrl one, HttpUrl other) {
    return one.scheme().equals(other.scheme())
        && one.host().equals(other.host())
        && one.port() == other.port();
  }

  /** Returns the roots of the servers, without a slash at their ends. */
  @Override
  public String toString() {
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < servers(); i++) {
      shown.add(server(i));
    }
    return String.join(", ", shown);
  }
}
