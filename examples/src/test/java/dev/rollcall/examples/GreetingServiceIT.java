package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.HttpServiceRegistry;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example service, with the environment that the compose file gives it. */
@Timeout(120)
class GreetingServiceIT {
  private static final String KEY = "a-service-key";

  @Test
  void itRegistersWhereItsEnvironmentSaysAndGoesWhenItIsStopped() throws Exception {
    Map<String, String> key = Map.of("SERVICEKIT_REGISTRATION_KEY", KEY);
    try (ServerJar server = ServerJar.start(key);
        ServiceRegistry registry = HttpServiceRegistry.connect(server.url().toString())) {
      ProcessBuilder builder =
          new ProcessBuilder(
                  Programs.java(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  GreetingService.class.getName())
              .redirectErrorStream(true);
      builder.environment().putAll(key);
      builder
          .environment()
          .putAll(
              Map.of(
                  "SERVICEKIT_ORCHESTRATOR_URL",
                  server.url() + "/services/$register",
                  "SERVICEKIT_HOST",
                  "localhost"));
      Process service = builder.start();
      try (BufferedReader out = service.inputReader(StandardCharsets.UTF_8)) {
        assertThat(out.lines().anyMatch(line -> line.startsWith("Registered as "))).isTrue();
        assertThat(registry.list())
            .singleElement()
            .extracting(Service::url)
            .asString()
            .startsWith("http://localhost:");

        service.toHandle().destroy();
        assertThat(service.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(registry.list()).isEmpty();
      } finally {
        service.destroyForcibly();
      }
    }
  }
}
