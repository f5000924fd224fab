package dev.rollcall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The systemd unit starts the server as it is, and faster once it has started before. */
@Timeout(180)
class SystemdUnitIT {
  private static final Path UNIT = Path.of("systemd/rollcall.service");

  /** How {@code -Xlog:class+load} tells that a class need not be read from the jar. */
  private static final String FROM_ARCHIVE = "source: shared objects file";

  @TempDir private Path folder;
  private Path cache;

  @BeforeEach
  void install() throws IOException {
    Files.copy(ServerJar.file(), folder.resolve("rollcall-server.jar"));
    Path script = folder.resolve("rollcall-server");
    Files.copy(Path.of("systemd/rollcall-server"), script);
    assertThat(script).isExecutable();
    cache = Files.createDirectory(folder.resolve("cache"));
  }

  private static String set(String name) throws IOException {
    return Files.readAllLines(UNIT).stream()
        .filter(each -> each.startsWith(name + "="))
        .findFirst()
        .orElseThrow()
        .substring(name.length() + 1);
  }

  /** Starts it as systemd does, and stops it; returns the classes of ours that it loaded. */
  private List<String> started(Map<String, String> more) throws Exception {
    Path log = Files.createTempFile(folder, "classes", "");
    Map<String, String> environment = new HashMap<>(more);
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + log);
    String variable = set("Environment");
    int equals = variable.indexOf('=');
    environment.put(variable.substring(0, equals), variable.substring(equals + 1));
    List<String> command =
        List.of(set("ExecStart").replace("/opt/rollcall", folder.toString()).split(" ", -1));
    try (ServerJar server = ServerJar.start(command, folder, environment)) {
      assertThat(server.stop()).isZero();
    }
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains(" dev.rollcall.http.server.RegistryEndpoints "))
        .toList();
  }

  private List<String> cached() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void theFirstStartMakesWhatLaterOnesUse() throws Exception {
    assertThat(set("CacheDirectory")).isNotEmpty();
    Map<String, String> environment = Map.of("CACHE_DIRECTORY", cache.toString());

    assertThat(started(environment)).singleElement().asString().contains(FROM_ARCHIVE);
    List<String> made = cached();
    assertThat(made).singleElement().asString().endsWith(".classes");

    assertThat(started(environment)).singleElement().asString().contains(FROM_ARCHIVE);
    assertThat(cached()).isEqualTo(made);
  }

  @Test
  void anUpdateOfTheServerMakesItAnew() throws Exception {
    Map<String, String> environment = Map.of("CACHE_DIRECTORY", cache.toString());
    Files.writeString(cache.resolve("1-2.classes"), "of the jar before");

    assertThat(started(environment)).singleElement().asString().contains(FROM_ARCHIVE);

    assertThat(cached())
        .singleElement()
        .asString()
        .endsWith(".classes")
        .isNotEqualTo("1-2.classes");
  }

  @Test
  void withoutAPlaceForItTheServerStartsAllTheSame() throws Exception {
    assertThat(started(Map.of())).singleElement().asString().doesNotContain(FROM_ARCHIVE);
    assertThat(started(Map.of("CACHE_DIRECTORY", folder.resolve("none").toString())))
        .singleElement()
        .asString()
        .doesNotContain(FROM_ARCHIVE);
  }
}
