package dev.rollcall.http.client;

import dev.rollcall.Fence;
import dev.rollcall.discovery.Query;
import java.util.List;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/** The URLs of one registry. */
final class Endpoints {
  private static final String SERVICES = "services";
  private static final String REGISTER = "$register";
  private static final String PING = "$ping";
  private static final String LEASE = "lease";

  /** Servers and proxies commonly refuse a request line of more than 8 KB. */
  private static final int MAX_URL_LENGTH = 7_000;

  /** OkHttp's parser alone would accept {@code http:h}, trim spaces and turn backslashes. */
  private static final Pattern ABSOLUTE = Pattern.compile("(?i:https?)://[^/\\\\\\s][^\\\\\\s]*");

  private final HttpUrl services;
  private final String shown;

  private Endpoints(HttpUrl root) {
    this.services = root.newBuilder().addPathSegment(SERVICES).build();
    this.shown = root.toString().replaceFirst("/+$", "");
  }

  /**
   * Reads where a registry is: its root, its {@code /services}, or its register URL.
   *
   * @throws IllegalArgumentException if it is malformed; the message says why, and never repeats
   *     it, since it may hold a password
   */
  static Endpoints of(String url) {
    HttpUrl parsed = ABSOLUTE.matcher(url).matches() ? HttpUrl.parse(url) : null;
    if (parsed == null) {
      throw new IllegalArgumentException(
          "a registry's url is absolute, http or https, with a host and no spaces, as in"
              + " http://registry:9000");
    }
    if (!parsed.encodedUsername().isEmpty() || !parsed.encodedPassword().isEmpty()) {
      throw new IllegalArgumentException(
          "a registry's url holds no user info; a service key is set with serviceKey()");
    }
    if (parsed.encodedQuery() != null || parsed.encodedFragment() != null) {
      throw new IllegalArgumentException("a registry's url has no query and no fragment");
    }
    return new Endpoints(rootOf(parsed));
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

  HttpUrl register() {
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

  /** Returns whether a URL is of the same origin, so that the service key may be sent to it. */
  boolean isSameOrigin(HttpUrl url) {
    return url.scheme().equals(services.scheme())
        && url.host().equals(services.host())
        && url.port() == services.port();
  }

  /** Returns the root of the registry, without a slash at its end. */
  @Override
  public String toString() {
    return shown;
  }
}
