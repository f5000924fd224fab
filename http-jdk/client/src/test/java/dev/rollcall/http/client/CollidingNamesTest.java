package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Names of fields that were chosen to collide in tables which all calls share. They cost their own
 * service nothing, and no other anything.
 */
@Timeout(120)
class CollidingNamesTest {
  private final ServiceRegistry registry = ServiceRegistry.open("memory:");
  private final RegistryHttpServer server = RegistryHttpServer.builder(registry).start();
  private final Wire wire = new Wire(server.address());

  @AfterEach
  void close() {
    server.close();
    registry.close();
  }

  private static String registration(String id, List<String> names) {
    String info = names.stream().map(name -> '"' + name + "\":1").collect(Collectors.joining(","));
    return "{\"id\":\"%s\",\"url\":\"http://h\",\"info\":{%s}}".formatted(id, info);
  }

  @Test
  void sixtyRegistrationsOfFewBytesSpoilNoReadAndNoOtherRegistration() {
    for (int i = 0; i < 60; i++) {
      String twelve = "twelve-%05d".formatted(i);
      List<String> names =
          i % 2 == 0
              ? CollidingNames.ofBytes(twelve, 1_000)
              : CollidingNames.ofCharacters(twelve, 1_000);
      String body = registration("s" + i, names);

      assertThat(body.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(49 << 10);
      assertThat(wire.register(body).status()).as("registration %d", i).isEqualTo(201);
    }
    assertThat(wire.register(registration("innocent", List.of("display_name"))).status())
        .isEqualTo(201);
    assertThat(wire.get("/services").status()).isEqualTo(200);
    try (var client = HttpServiceRegistry.connect(server.url().toString())) {
      assertThat(client.list())
          .hasSize(61)
          .extracting(Service::info)
          .isEqualTo(registry.list().stream().map(Service::info).toList());
    }
  }

  @Test
  void aRequestThatIsRefusedSpoilsNoLaterOne() {
    for (int i = 0; i < 20; i++) {
      List<String> names = CollidingNames.ofCharacters("x" + i, 8_000);
      String refused = registration("bad", names).replace("http://h", "");

      assertThat(wire.register(refused).status()).isEqualTo(422);
      assertThat(wire.register(registration("good", names.subList(0, 50))).status()).isEqualTo(201);
    }
  }

  @Test
  void oneServiceSpoilsNoListOfAClient() {
    registry.register(Registration.builder("http://h").id("neighbour").build());
    for (List<String> names :
        List.of(
            CollidingNames.ofBytes("twelve-bytes", 5_000),
            CollidingNames.ofCharacters("x", 8_000))) {
      assertThat(wire.register(registration("crowded", names)).status()).isEqualTo(201);
      try (var client = HttpServiceRegistry.connect(server.url().toString())) {
        assertThat(client.list()).extracting(Service::id).containsExactly("crowded", "neighbour");
        assertThat(client.find("crowded").orElseThrow().info()).hasSize(names.size());
      }
    }
  }
}
