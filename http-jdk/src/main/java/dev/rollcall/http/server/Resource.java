package dev.rollcall.http.server;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands at a path: an endpoint for each method that it has. */
final class Resource {
  private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
  private String allowed = "";

  private Resource() {}

  static Resource of(String method, Endpoint endpoint) {
    return new Resource().and(method, endpoint);
  }

  /** Makes one that is read: HEAD works where GET does. */
  static Resource read(Endpoint endpoint) {
    return of("GET", endpoint).and("HEAD", endpoint);
  }

  /** Adds a method. Not for use once the resource is served. */
  Resource and(String method, Endpoint endpoint) {
    endpoints.put(method, endpoint);
    allowed = String.join(", ", endpoints.keySet());
    return this;
  }

  Endpoint endpoint(String method) {
    @Nullable Endpoint endpoint = endpoints.get(method);
    return endpoint == null
        ? Endpoint.unknown(Problem.methodNotAllowed(method, allowed))
        : endpoint;
  }
}
