package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.http.client.HttpServiceRegistry;
import java.net.URI;
import java.time.Duration;

/** The service whose pings are measured. */
final class PingedService {
  private PingedService() {}

  /** Registers it; returns the path of its pings. */
  static String register(URI server, String serviceKey) {
    try (var registry =
        HttpServiceRegistry.builder(server.toString()).serviceKey(serviceKey).build()) {
      var lease =
          registry.register(
              Registration.builder("http://my-service:8000")
                  .id("my-service")
                  .ttl(Duration.ofHours(1))
                  .build());
      return "/services/my-service/$ping?lease=" + lease.leaseId().orElseThrow();
    }
  }
}
