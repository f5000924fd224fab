package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The compose file says what is there. */
@Timeout(120)
class ComposeFileIT {
  private static final Path FILE = Path.of("compose.yaml");

  private Map<String, Map<String, Object>> services;

  @BeforeEach
  void read() throws IOException {
    Map<String, Map<String, Map<String, Object>>> file =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(FILE));
    services = file.get("services");
  }

  private Map<String, Object> service(String name) {
    assertThat(services).containsKey(name);
    return services.get(name);
  }

  @SuppressWarnings("unchecked") // YAML has no types
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked") // YAML has no types
  private static List<String> words(Object value) {
    return (List<String>) value;
  }

  private static ContainerFile dockerfile() throws IOException {
    return ContainerFile.read(Path.of("Dockerfile"));
  }

  @Test
  void theServerHasTheOptionsThatItIsGiven() throws Exception {
    assertThat(words(service("rollcall").get("command")))
        .extracting(option -> option.split("=", 2)[0])
        .isSubsetOf(ServerJar.options());
  }

  @Test
  void valkeyIsAskedEveryFiveSeconds() {
    assertThat(map(service("valkey").get("healthcheck")))
        .containsEntry("test", List.of("CMD", "valkey-cli", "ping"))
        .containsEntry("interval", "5s");
  }

  @Test
  void whateverIsWaitedForTellsItsHealth() throws Exception {
    for (Map<String, Object> service : services.values()) {
      map(service.getOrDefault("depends_on", Map.of()))
          .forEach(
              (name, how) -> {
                assertThat(how).isEqualTo(Map.of("condition", "service_healthy"));
                assertThat(service(name).containsKey("healthcheck") || isTheServer(name)).isTrue();
              });
    }
    assertThat(map(service("rollcall").get("depends_on"))).containsKey("valkey");
    assertThat(dockerfile().last("HEALTHCHECK").words()).isNotEmpty();
  }

  /** Whether it runs the image's last stage, which has a health check. */
  private boolean isTheServer(String name) {
    Object build = service(name).get("build");
    return build != null && !map(build).containsKey("target");
  }

  @Test
  void imagesAreBuiltFromStagesThatExist() throws Exception {
    List<String> stages =
        dockerfile().all("FROM").map(from -> from.text().replaceFirst(".* AS ", "")).toList();
    for (String name : List.of("rollcall", "greeting", "welcome")) {
      Map<String, Object> build = map(service(name).get("build"));
      assertThat(Path.of((String) build.get("context"), (String) build.get("dockerfile"))).exists();
      assertThat(stages).contains((String) build.getOrDefault("target", "server"));
    }
  }

  @Test
  void theServicesRegisterWithTheServerUnderTheirOwnNames() throws Exception {
    for (String name : List.of("greeting", "welcome")) {
      Map<String, Object> environment = map(service(name).get("environment"));
      assertThat(environment)
          .containsEntry("SERVICEKIT_HOST", name)
          .containsEntry("SERVICEKIT_ORCHESTRATOR_URL", "http://rollcall:9000/services/$$register");
      Class.forName(words(service(name).get("command")).get(0)).getMethod("main", String[].class);
    }
  }
}
