package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.http.client.HttpServiceRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Services whose pings are measured. */
final class PingedService {
  /** Ids of two digits, for pings and answers of one length. */
  private static final int FIRST = 10;

  private PingedService() {}

  /** Registers so many services; returns a ping of each, which has these headers. */
  static List<byte[]> pings(URI server, String serviceKey, int count, String... headers) {
    return registerAll(server, serviceKey, count).stream()
        .map(path -> HttpLoad.request("PUT", server, path, headers))
        .toList();
  }

  /** Registers so many services; returns the path of the pings of each. */
  static List<String> registerAll(URI server, String serviceKey, int count) {
    List<String> paths = new ArrayList<>();
    try (var registry =
        HttpServiceRegistry.builder(server.toString()).serviceKey(serviceKey).build()) {
      for (int i = 0; i < count; i++) {
        String id = "my-service-" + (FIRST + i);
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
