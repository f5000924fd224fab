package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The OpenAPI document has nothing that a public linter's recommended rules object to. */
@Timeout(300)
class OpenApiLintIT {
  private static final Path LINT = Path.of("openapi/lint");
  private static final Path DOCUMENT =
      Path.of("../http-jdk/server/src/main/resources/dev/rollcall/http/server/openapi.json");

  @Test
  void theLinterHasNothingToSay() throws Exception {
    assertThat(Programs.output(lint(DOCUMENT))).contains("validated in");
  }

  @Test
  void theLinterNoticesAnOperationWithoutASummary() throws Exception {
    Path mutant = Path.of("target/openapi-mutant.json");
    Files.writeString(
        mutant, Files.readString(DOCUMENT).replace("\"summary\": \"Register a service\",", ""));

    assertThat(Programs.exitCode(lint(mutant), Path.of("."))).isEqualTo(1);
  }

  /** Returns a command that reads the document, and asks nobody for a newer version of itself. */
  private static List<String> lint(Path document) throws IOException, InterruptedException {
    Path installed = NpmPackages.install(LINT);
    return List.of(
        "env",
        "REDOCLY_TELEMETRY=off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE=true",
        "node",
        installed.resolve("node_modules/@redocly/cli/bin/cli.js").toString(),
        "lint",
        "--config=" + LINT.resolve("redocly.yaml"),
        document.toString());
  }
}
