package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** What the Dockerfile says, done here step by step: no container engine is needed. */
@Timeout(300)
class ImageIT {
  private static final Pattern MODULES = Pattern.compile("--add-modules (\\S+)");
  private static final String RUNTIME = "/opt/java-runtime";

  /** What Jackson uses where it is there: annotations of beans, types of SQL, documents of XML. */
  private static final Set<String> DISPENSABLE = Set.of("java.desktop", "java.sql", "java.xml");

  @TempDir private Path folder;

  private static ContainerFile dockerfile() throws IOException {
    return ContainerFile.read(Path.of("Dockerfile"));
  }

  @Test
  void itsRuntimeHasTheModulesThatTheServerUses() throws Exception {
    Matcher modules = MODULES.matcher(dockerfile().run("jlink"));
    assertThat(modules.find()).isTrue();

    assertThat(modules.group(1).split(",", -1)).containsAll(modulesThatTheServerUses());
  }

  private static Set<String> modulesThatTheServerUses() {
    var out = new StringWriter();
    ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
    int status =
        jdeps.run(
            new PrintWriter(out, true),
            new PrintWriter(out, true),
            "--multi-release=base",
            "--ignore-missing-deps",
            "--print-module-deps",
            ServerJar.file().toString());
    assertThat(status).as(out.toString()).isZero();
    Set<String> used = new TreeSet<>(Set.of(out.toString().strip().split(",", -1)));
    used.removeAll(DISPENSABLE);
    return used;
  }

  @Test
  void whatItCopiesFromTheSourcesIsThere() throws Exception {
    assertThat(dockerfile().all("COPY").map(ContainerFile.Instruction::text))
        .filteredOn(copy -> !copy.startsWith("--from="))
        .allSatisfy(copy -> assertThat(Path.of("..", copy.split(" ", -1)[0])).exists());
  }

  @Test
  @EnabledForJreRange(
      min = JRE.JAVA_25,
      disabledReason = "the image is made by a JDK 25; .ci/run repeats the tests on one")
  void itsRuntimeRunsTheServerAndItsHealthCheckTells() throws Exception {
    ContainerFile dockerfile = dockerfile();
    Path runtime = folder.resolve("runtime");
    String jlink =
        dockerfile
            .run("jlink")
            .replace("jlink --add", Programs.tool("jlink") + " --add")
            .replace(RUNTIME, runtime.toString());
    Programs.output(List.of("sh", "-c", jlink));
    Files.copy(ServerJar.file(), folder.resolve("rollcall-server.jar"));
    Files.copy(Path.of("healthcheck"), folder.resolve("healthcheck"));
    String warmUp = dockerfile.run("AOTCacheOutput").replace("/opt/java/", runtime + "/");
    assertThat(Programs.exitCode(List.of("sh", "-c", warmUp), folder)).isZero();
    assertThat(folder.resolve("rollcall-server.aot")).isNotEmptyFile();
    List<String> command =
        dockerfile.last("ENTRYPOINT").words().stream()
            .map(word -> word.replace("/opt/java/", runtime + "/"))
            .toList();

    List<String> healthcheck;
    // With this the server does not start if the cache cannot be used.
    Map<String, String> environment = new HashMap<>();
    environment.put("JDK_JAVA_OPTIONS", "-XX:AOTMode=on");
    String[] variable = dockerfile.last("ENV").text().split("=", 2);
    environment.put(variable[0], variable[1]);
    try (ServerJar server = ServerJar.start(command, folder, environment)) {
      healthcheck = List.of("./healthcheck", Integer.toString(server.port()));

      assertThat(dockerfile.last("HEALTHCHECK").words()).containsExactly("./healthcheck");
      assertThat(Programs.exitCode(healthcheck, folder)).isZero();
      assertThat(server.stop()).isZero();
    }
    assertThat(Programs.exitCode(healthcheck, folder)).isNotZero();
  }
}
