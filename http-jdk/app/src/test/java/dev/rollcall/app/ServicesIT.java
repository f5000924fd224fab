package dev.rollcall.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the runnable jar shows of a registry in a terminal. */
@Timeout(120)
class ServicesIT {
  private final ServiceRegistry registry = ServiceRegistry.open("memory:");
  private final RegistryHttpServer server = RegistryHttpServer.builder(registry).start();

  @AfterEach
  void close() {
    server.close();
    registry.close();
  }

  private static ChildJvm servicesAt(String url, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("-jar", System.getProperty("rollcall.server.jar"), "services"));
    arguments.add("--registry=" + url);
    arguments.addAll(List.of(options));
    return ChildJvm.start(arguments);
  }

  private ChildJvm services(String... options) {
    return servicesAt(server.url().toString(), options);
  }

  private void register(String id, String name, String zone) {
    registry.register(
        Registration.builder("http://" + id + ":8000")
            .id(id)
            .name(name)
            .info(Map.of("zone", zone))
            .build());
  }

  @Test
  void servicesAreATable() throws Exception {
    register("o1", "orders", "eu-1");
    register("billing-1", "billing", "eu-1");

    try (ChildJvm services = services()) {
      List<String> lines = services.readRest().lines().toList();
      assertThat(lines).hasSize(3);
      assertThat(lines.get(0))
          .isEqualTo("ID         NAME     URL                    LAST PING  EXPIRES IN");
      assertThat(lines.get(1))
          .matches("billing-1  billing  http://billing-1:8000  \\d+s ago +\\d+s");
      assertThat(lines.get(2))
          .matches("o1         orders   http://o1:8000         \\d+s ago +\\d+s");
      assertThat(services.exitCode()).isZero();
    }
  }

  @Test
  void namesAndConditionsChooseServices() throws Exception {
    register("o1", "orders", "eu-1");
    register("o2", "orders", "eu=2");
    register("b1", "billing", "eu=2");
    register("c1", "cache", "eu=2");

    try (ChildJvm services =
        services("--json", "--name=orders", "--name=billing", "--where=info.zone=eu=2")) {
      assertThat(services.readRest().lines())
          .extracting(line -> json(line).path("id").asText())
          .containsExactly("b1", "o2");
    }
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  @Test
  void changesAreFollowedThroughAnOutage() throws Exception {
    int port = server.address().getPort();
    register("o1", "orders", "eu-1");
    try (ChildJvm text = services("--watch", "--name=orders");
        ChildJvm json = services("--watch", "--json")) {
      assertThat(text.readLineWith("o1"))
          .matches("\\S+Z  added         o1  orders  http://o1:8000");
      assertThat(json(json.readLineWith("o1")).at("/service/info/zone").asText()).isEqualTo("eu-1");
      registry.deregister("o1");
      assertThat(text.readLineWith("o1")).contains("Z  deregistered  o1  orders  ");
      assertThat(json(json.readLineWith("o1")).path("change").asText()).isEqualTo("deregistered");

      server.close();
      assertThat(text.readLineWith("registry")).contains("has not answered since 2");
      assertThat(json(json.readLineWith("stale_since")).path("stale_since").asText()).endsWith("Z");
      try (var again = RegistryHttpServer.builder(registry).port(port).start()) {
        text.readLineWith("The registry answers again.");
        assertThat(json(json.readLineWith("stale_since")).path("stale_since").isNull()).isTrue();
        register("o2", "orders", "eu-1");
        assertThat(text.readLineWith("o2")).contains("Z  added         o2  orders  ");
        assertThat(again.address().getPort()).isEqualTo(port);
      }
    }
  }

  /** A registry that is not ours may hold anything. */
  @Test
  void whatServicesSayMovesNoTerminal() throws Exception {
    String evil = "\\u001b]0;x\\u0007\\u009b2J\\u202e\\u007f\\n\u00e9";
    String list =
        ("{\"count\":1,\"services\":[{\"id\":\"a\",\"url\":\"http://h/%s\",\"info\":{\"k%1$s\":\"%1$s\"},"
                + "\"registered_at\":\"2026-11-26T20:00:00Z\",\"last_updated\":\"2026-11-26T20:00:00Z\","
                + "\"last_ping_at\":\"2026-11-26T20:00:00Z\",\"expires_at\":\"2126-11-26T20:00:00Z\"}]}")
            .formatted(evil);
    try (FakeRegistry fake = FakeRegistry.answering(200, list).then(200, list);
        ChildJvm text = servicesAt(fake.url());
        ChildJvm json = servicesAt(fake.url(), "--json")) {
      for (ChildJvm each : List.of(text, json)) {
        String shown = each.readRest();
        assertThat(shown)
            .containsIgnoringCase("http://h/\\u001b]0;x\\u0007\\u009b2J\\u202e\\u007f\\n")
            .doesNotContainPattern("[\\p{Cc}\\p{Cf}&&[^\\n]]");
      }
      assertThat(text.exitCode()).isZero();
      assertThat(json.exitCode()).isZero();
    }
  }

  @Test
  void aRegistryThatIsNotThereIsOneLine() throws Exception {
    String nowhere = "http://127.0.0.1:" + ValkeyProcess.freePort();
    for (String option : List.of("--json", "--watch")) {
      try (ChildJvm services = servicesAt(nowhere, option)) {
        assertThat(services.readRest().lines())
            .singleElement()
            .asString()
            .startsWith("rollcall-server services: ")
            .contains(nowhere, "Failed to connect");
        assertThat(services.exitCode()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--where=info.zone, --where: needs a value",
    "--where=zone=x, --where: a condition's path",
    "--name=a/b, --name: a name holds only",
    "extra, extra"
  })
  void wrongUsageIsNamed(String option, String message) throws Exception {
    try (ChildJvm services = services(option)) {
      assertThat(services.readRest()).contains(message, "rollcall-server services --help");
      assertThat(services.exitCode()).isEqualTo(2);
    }
  }

  @Test
  void theServersHelpNamesTheCommands() throws Exception {
    try (ChildJvm help =
        ChildJvm.start(List.of("-jar", System.getProperty("rollcall.server.jar"), "--help"))) {
      assertThat(help.readRest()).contains("Commands:", "  keep  ", "  services  ");
    }
  }
}
