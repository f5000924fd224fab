package dev.rollcall.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The public API is the one that docs/api describes, so that each change of it is in a diff. */
class PublicApiTest {
  private static final Path FOLDER = Path.of("api");
  private static final String REWRITE = "rollcall.api.rewrite";
  private static final String COMMAND =
      "mvn -B -ntp -q -pl docs -am -Dtest=PublicApiTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -D"
          + REWRITE
          + "=true test";

  private static Map<String, List<String>> modules() throws IOException {
    Path[] places =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(Path::of)
            .filter(PublicApiTest::isOurs)
            .toArray(Path[]::new);
    Map<String, List<String>> modules = new TreeMap<>();
    for (ModuleReference module : ModuleFinder.of(places).findAll()) {
      List<String> api = PublicApi.of(module);
      if (!api.isEmpty()) {
        modules.put(module.descriptor().name(), api);
      }
    }
    return modules;
  }

  private static boolean isOurs(Path place) {
    return Files.exists(place.resolve("module-info.class"))
        || place.getFileName().toString().startsWith("rollcall-");
  }

  @TestFactory
  Stream<DynamicTest> theApiIsTheOneThatIsWrittenDown() throws IOException {
    return modules().entrySet().stream()
        .map(
            module ->
                DynamicTest.dynamicTest(
                    module.getKey(), () -> check(module.getKey(), module.getValue())));
  }

  private static void check(String module, List<String> api) throws IOException {
    Path file = FOLDER.resolve(module + ".txt");
    if (Boolean.getBoolean(REWRITE)) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, String.join("\n", api) + "\n");
    }
    List<String> written = Files.exists(file) ? Files.readAllLines(file) : List.of();

    assertThat(api)
        .withFailMessage(
            "The public API of %s is not what docs/%s says.%nGone: %s%nNew: %s%nIf you mean this"
                + " change, run this command, and tell users of it in CHANGELOG.md:%n%s",
            module, file, without(written, api), without(api, written), COMMAND)
        .isEqualTo(written);
  }

  private static String without(List<String> lines, List<String> others) {
    List<String> rest = new ArrayList<>(placed(lines));
    rest.removeAll(placed(others));
    return rest.isEmpty() ? "nothing" : String.join("\n  ", rest);
  }

  /** Puts before each member the name of its type. */
  private static List<String> placed(List<String> lines) {
    List<String> placed = new ArrayList<>();
    String type = "";
    for (String line : lines) {
      if (line.startsWith(" ")) {
        placed.add(type + ": " + line.strip());
      } else if (!line.isEmpty()) {
        type = line.replaceFirst(".*(?:module|class|interface|record|enum) (\\S+).*", "$1");
        placed.add(line);
      }
    }
    return placed;
  }

  @Test
  void everyDescriptionIsOfAModule() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              modules().keySet().stream().map(module -> module + ".txt").toList());
    }
  }
}
