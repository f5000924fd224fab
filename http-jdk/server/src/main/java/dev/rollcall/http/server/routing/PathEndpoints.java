package dev.rollcall.http.server.routing;

import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.request.Endpoint;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands at a path: an endpoint for each method that it has. */
public final class PathEndpoints {
  private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
  private final Map<String, String> hints = new HashMap<>();
  private String allowed = "";

  private PathEndpoints() {}

  static PathEndpoints of(String method, Endpoint endpoint) {
    return new PathEndpoints().and(method, endpoint);
  }

  /** Returns a path that can be read: HEAD works where GET does. */
  static PathEndpoints read(Endpoint endpoint) {
    return of("GET", endpoint).and("HEAD", endpoint);
  }

  /** Adds a method. Not for use once the resource is served. */
  PathEndpoints and(String method, Endpoint endpoint) {
    endpoints.put(method, endpoint);
    allowed = String.join(", ", endpoints.keySet());
    return this;
  }

  /**
   * Says what a client may have meant that uses a method which the resource does not have. Not for
   * use once the resource is served.
   */
  PathEndpoints hint(String method, String hint) {
    hints.put(method, hint);
    return this;
  }

  /** Returns whether it can be read. */
  boolean isReadable() {
    return endpoints.containsKey("GET");
  }

  Endpoint endpoint(String method) {
    @Nullable Endpoint endpoint = endpoints.get(method);
    if (endpoint != null) {
      return endpoint;
    }
    @Nullable String hint = hints.get(method);
    return Endpoint.unknown(
        Problem.methodNotAllowed(method, allowed, hint == null ? "" : "; " + hint));
  }
}
