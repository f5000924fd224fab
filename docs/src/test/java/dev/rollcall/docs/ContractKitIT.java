package dev.rollcall.docs;

import static dev.rollcall.docs.UsersMaven.ROOT;
import static dev.rollcall.docs.UsersMaven.VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The guide to the contract kit, built by Maven as it stands there: what runs is what a third party
 * runs, from the coordinates of the kit to the tests that JUnit finds in it.
 */
@Timeout(300)
class ContractKitIT {
  private static final Path BUILT = ROOT.resolve("core/target");
  private static final Path CONTROL =
      ROOT.resolve("core/src/test/java/dev/rollcall/contract/control");

  private static final Pattern POM = Pattern.compile("```xml\n(<project.*?)```", Pattern.DOTALL);
  private static final Pattern CLASS =
      Pattern.compile(
          "```java\n(package org.example.store;.*?\n(?:public final )?class (\\w+).*?)```",
          Pattern.DOTALL);
  private static final Pattern SERVICES =
      Pattern.compile("`(src/main/resources/META-INF/services/[\\w.]+)`:\n\n```text\n(.*\n)```");
  private static final Pattern PASSED =
      Pattern.compile("Tests run: (\\d+), Failures: 0, Errors: 0, Skipped: \\d+, .*\\.(\\w+)\n");

  @TempDir private Path project;

  @Test
  void aThirdPartysStoreIsHeldToTheContractOnTheJUnitOfTheGuide() throws Exception {
    String junit = property(Files.readString(ROOT.resolve("pom.xml")), "junit.version");
    assertThat(junit).startsWith("6.");

    theStoreIsHeldToTheContract(junit);
  }

  @Test
  void aThirdPartysStoreIsHeldToTheContractOnJUnit5() throws Exception {
    theStoreIsHeldToTheContract("5.14.4");
  }

  private void theStoreIsHeldToTheContract(String junit) throws Exception {
    UsersMaven.install();
    writeProject(junit);

    String said = UsersMaven.run(project, "test");

    assertThat(testsPassed(said))
        .as(said)
        .containsOnlyKeys("MyStoreTest", "MyStoreProviderTest", "MyRegistryTest", "ControlTest")
        .hasEntrySatisfying("MyStoreTest", tests -> assertThat(tests).isGreaterThan(20))
        .hasEntrySatisfying("MyRegistryTest", tests -> assertThat(tests).isGreaterThan(100));
    assertThat(said).contains("BUILD SUCCESS");
  }

  private void writeProject(String junit) throws IOException {
    String guide = Files.readString(ROOT.resolve("docs/contract-kit.md"));
    Matcher pom = POM.matcher(guide);
    assertThat(pom.find()).isTrue();
    Files.writeString(
        project.resolve("pom.xml"),
        UsersMaven.withRepositories(pom.group(1))
            .replaceFirst("<junit.version>.*</", "<junit.version>" + junit + "</"));

    for (Matcher code = CLASS.matcher(guide); code.find(); ) {
      String name = code.group(2);
      write(sourceOf(name, name.endsWith("Test") ? "test" : "main"), code.group(1));
    }
    Matcher services = SERVICES.matcher(guide);
    assertThat(services.find()).isTrue();
    write(services.group(1), services.group(2));
    // The store is the one that the guide names to start from.
    for (String source : List.of("AtomicStore", "Held")) {
      write(
          sourceOf(source.replace("AtomicStore", "MyStore"), "main"),
          Files.readString(CONTROL.resolve(source + ".java"))
              .replace("package dev.rollcall.contract.control;", "package org.example.store;")
              .replace("AtomicStore", "MyStore"));
    }
  }

  private static String sourceOf(String type, String folder) {
    return "src/" + folder + "/java/org/example/store/" + type + ".java";
  }

  private void write(String file, String text) throws IOException {
    Path path = project.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Returns how many tests passed by class, for each in which all did. */
  private static Map<String, Integer> testsPassed(String said) {
    Map<String, Integer> passed = new TreeMap<>();
    for (Matcher line = PASSED.matcher(said); line.find(); ) {
      passed.put(line.group(2), Integer.valueOf(line.group(1)));
    }
    return passed;
  }

  @ParameterizedTest
  @CsvSource({"-tests.jar, .class", "-test-sources.jar, .java", "-test-javadoc.jar, .html"})
  void itsJarsHoldTheKitAlone(String end, String kind) throws IOException {
    try (JarFile jar = new JarFile(BUILT.resolve(UsersMaven.file("rollcall-core", end)).toFile())) {
      List<String> files =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.startsWith("dev/") && name.endsWith(kind))
              .toList();

      assertThat(files)
          .contains("dev/rollcall/contract/TtlStoreContract" + kind)
          .contains("dev/rollcall/contract/control/AtomicStore" + kind)
          .allMatch(name -> name.startsWith("dev/rollcall/contract/"))
          .noneMatch(name -> name.matches(".*Test(\\$.*)?" + kind));
    }
  }

  @Test
  void theGuideNamesTheVersionsThatTheKitIsBuiltWith() throws IOException {
    String parent = Files.readString(ROOT.resolve("pom.xml"));
    String guide = Files.readString(ROOT.resolve("docs/contract-kit.md"));

    assertThat(guide)
        .contains("<rollcall.version>" + VERSION + "</rollcall.version>")
        .contains("<junit.version>" + property(parent, "junit.version") + "</junit.version>")
        .contains("<version>" + property(parent, "assertj.version") + "</version>");
  }

  private static String property(String pom, String name) {
    Matcher property = Pattern.compile("<" + name + ">(.*)</").matcher(pom);
    assertThat(property.find()).isTrue();
    return property.group(1);
  }
}
