package dev.rollcall.http.server.routing;

import dev.rollcall.http.server.request.Endpoint;
import dev.rollcall.http.server.request.Request;
import dev.rollcall.http.server.request.RequestKind;
import dev.rollcall.http.server.response.Response;
import dev.rollcall.http.server.response.ResponseJson;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** What tells whoever runs the server whether to restart it, or to send it requests. */
public final class HealthEndpoints {
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final ReadinessProbe store;
  private final AtomicBoolean isDraining;

  public HealthEndpoints(ReadinessProbe store, AtomicBoolean isDraining) {
    this.store = store;
    this.isDraining = isDraining;
  }

  public Map<String, PathEndpoints> resources() {
    return Map.of(
        "health", resource("health", this::health),
        "health/live", resource("live", this::live),
        "health/ready", resource("ready", this::ready));
  }

  private static PathEndpoints resource(String name, Endpoint.Action action) {
    return PathEndpoints.read(new Endpoint(name, RequestKind.PROBE, action));
  }

  private Response health(Request request) {
    return store.isUp() ? says(OK, "healthy") : says(UNAVAILABLE, "unhealthy");
  }

  /** Does not ask the store, whose outage is not a reason to restart the server. */
  private Response live(Request request) {
    return says(OK, "live");
  }

  private Response ready(Request request) {
    if (isDraining.get()) {
      return says(UNAVAILABLE, "draining");
    }
    return store.isUp() ? says(OK, "ready") : says(UNAVAILABLE, "store-unavailable");
  }

  private static Response says(int status, String text) {
    return Response.json(status, ResponseJson.health(text));
  }
}
