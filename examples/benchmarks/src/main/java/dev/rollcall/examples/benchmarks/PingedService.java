package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.http.client.HttpServiceRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Services whose pings are measured. */
final class PingedService {
  private PingedService() {}

  /** Registers a service; returns the path of its pings. */
  static String register(URI server, String serviceKey) {
    return registerAll(server, serviceKey, 1).get(0);
  }

  /** Registers so many services; returns the path of the pings of each. */
  static List<String> registerAll(URI server, String serviceKey, int count) {
    List<String> paths = new ArrayList<>();
    try (var registry =
        HttpServiceRegistry.builder(server.toString()).serviceKey(serviceKey).build()) {
      for (int i = 0; i < count; i++) {
        String id = "my-service-" + i;
        var lease =
            registry.register(
                Registration.builder("http://my-service:8000")
                    .id(id)
                    .ttl(Duration.ofHours(1))
                    .build());
        paths.add("/services/" + id + "/$ping?lease=" + lease.leaseId().orElseThrow());
      }
    }
    return paths;
  }
}
