package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Postman collection, run by Postman's own runner against the server. */
@Timeout(300)
class PostmanIT {
  private static final String KEY = "a-service-key";
  private static final Path POSTMAN = Path.of("postman");

  @Test
  void theCollectionPassesAgainstAServerThatAsksForAKey() throws Exception {
    Path installed = NpmPackages.install(POSTMAN);
    try (ServerJar server = ServerJar.start(Map.of("SERVICEKIT_REGISTRATION_KEY", KEY))) {
      String report =
          Programs.output(
              List.of(
                  "node",
                  installed.resolve("node_modules/newman/bin/newman.js").toString(),
                  "run",
                  POSTMAN.resolve("rollcall.postman_collection.json").toString(),
                  "--environment=" + POSTMAN.resolve("rollcall.postman_environment.json"),
                  "--env-var=baseUrl=" + server.url(),
                  "--env-var=serviceKey=" + KEY,
                  "--color=off"));

      assertThat(report).contains("✓  201, with a lease").contains("✓  409, a problem of type");
    }
  }
}
