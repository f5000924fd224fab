package dev.rollcall.examples;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
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
  private static final Path INSTALLED = Path.of("target/postman");
  private static final String LOCK = "package-lock.json";
  private static final List<String> NPM_CI =
      List.of("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");

  @Test
  void theCollectionPassesAgainstAServerThatAsksForAKey() throws Exception {
    install();
    try (ServerJar server = ServerJar.start(Map.of("SERVICEKIT_REGISTRATION_KEY", KEY))) {
      String report =
          Programs.output(
              List.of(
                  "node",
                  INSTALLED.resolve("node_modules/newman/bin/newman.js").toString(),
                  "run",
                  POSTMAN.resolve("rollcall.postman_collection.json").toString(),
                  "--environment=" + POSTMAN.resolve("rollcall.postman_environment.json"),
                  "--env-var=baseUrl=" + server.url(),
                  "--env-var=serviceKey=" + KEY,
                  "--color=off"));

      assertThat(report).contains("✓  201, with a lease").contains("✓  409, a problem of type");
    }
  }

  /** Installs the runner in the versions of the lock file, unless an earlier run has. */
  private static void install() throws IOException, InterruptedException {
    Path done = INSTALLED.resolve("installed.json");
    String lock = Files.readString(POSTMAN.resolve(LOCK));
    if (Files.exists(done) && Files.readString(done).equals(lock)) {
      return;
    }
    Files.createDirectories(INSTALLED);
    for (String file : List.of("package.json", LOCK)) {
      Files.copy(POSTMAN.resolve(file), INSTALLED.resolve(file), REPLACE_EXISTING);
    }
    try {
      Programs.output(NPM_CI, INSTALLED);
    } catch (IOException e) {
      fail("newman needs Node.js 16 or later with npm; .ci/install-node installs them", e);
    }
    Files.writeString(done, lock);
  }
}
