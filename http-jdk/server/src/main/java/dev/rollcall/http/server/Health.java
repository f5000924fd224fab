package dev.rollcall.http.server;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** What tells whoever runs the server whether to restart it, or to send it requests. */
final class Health {
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final StoreProbe store;
  private final AtomicBoolean isDraining;

  Health(StoreProbe store, AtomicBoolean isDraining) {
    this.store = store;
    this.isDraining = isDraining;
  }

  Map<String, Resource> resources() {
    return Map.of(
        "health", resource("health", this::health),
        "health/live", resource("live", this::live),
        "health/ready", resource("ready", this::ready));
  }

  private static Resource resource(String name, Endpoint.Action action) {
    return Resource.read(new Endpoint(name, Access.PROBE, action));
  }

  private Answer health(Request request) {
    return store.isUp() ? says(OK, "healthy") : says(UNAVAILABLE, "unhealthy");
  }

  /** An outage of the store is no reason to restart the server, so it is not asked. */
  private Answer live(Request request) {
    return says(OK, "live");
  }

  private Answer ready(Request request) {
    if (isDraining.get()) {
      return says(UNAVAILABLE, "draining");
    }
    return store.isUp() ? says(OK, "ready") : says(UNAVAILABLE, "store-unavailable");
  }

  private static Answer says(int status, String text) {
    return Answer.json(status, AnswerWriter.health(text));
  }
}
