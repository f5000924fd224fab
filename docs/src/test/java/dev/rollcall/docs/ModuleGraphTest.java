package dev.rollcall.docs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The modules, and the packages in them, depend on each other as docs/architecture.md says. A
 * dependency that is missing here is a decision: write it here and there, with its reason in the
 * commit.
 */
class ModuleGraphTest {
  private static final JavaClasses ROLLCALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rollcall");

  /** The JDK that all may use, and annotations that end with the compiler. */
  private static final List<String> EVERYWHERE =
      List.of("java..", "javax.net..", "org.jspecify.annotations");

  // These are one: a registry opens stores, takes queries and watches, and has a history, all of
  // which speak in
  // the root's records.
  private static final List<String> CORE =
      List.of(
          "dev.rollcall",
          "dev.rollcall.discovery",
          "dev.rollcall.history",
          "dev.rollcall.spi",
          "dev.rollcall.view");
  private static final List<String> WIRE = List.of("dev.rollcall.http.wire");
  private static final List<String> CLIENT = List.of("dev.rollcall.http.client..");
  private static final List<String> SERVER = List.of("dev.rollcall.http.server..");
  private static final List<String> METRICS = List.of("dev.rollcall.metrics");
  private static final List<String> JACKSON = List.of("com.fasterxml.jackson..");
  private static final List<String> SLF4J = List.of("org.slf4j..");

  /** Packages, and what they may know beside themselves. */
  private record Part(List<String> packages, List<List<String>> known) {}

  private static List<Part> parts() {
    return List.of(
        new Part(CORE, List.of()),
        new Part(List.of("dev.rollcall.registrar"), List.of(CORE)),
        new Part(List.of("dev.rollcall.store.memory.."), List.of(CORE)),
        new Part(
            List.of("dev.rollcall.store.valkey.."),
            List.of(
                CORE,
                List.of("redis.clients.jedis..", "org.apache.commons.pool2.."),
                JACKSON,
                SLF4J)),
        new Part(WIRE, List.of(CORE, JACKSON)),
        new Part(CLIENT, List.of(CORE, WIRE, List.of("okhttp3..", "okio..", "kotlin.."), JACKSON)),
        new Part(SERVER, List.of(CORE, WIRE, List.of("com.sun.net.httpserver.."), JACKSON, SLF4J)),
        new Part(
            METRICS,
            List.of(CORE, List.of("dev.rollcall.registrar"), SERVER, List.of("io.micrometer.."))),
        new Part(
            List.of("dev.rollcall.app.."),
            List.of(
                CORE,
                List.of("dev.rollcall.registrar"),
                WIRE,
                CLIENT,
                SERVER,
                METRICS,
                List.of("picocli..", "io.micrometer..", "io.prometheus.."),
                JACKSON,
                SLF4J)));
  }

  @ParameterizedTest
  @MethodSource("parts")
  void aPartKnowsOnlyWhatItMay(Part part) {
    List<String> known = new ArrayList<>(EVERYWHERE);
    known.addAll(part.packages());
    part.known().forEach(known::addAll);

    classes()
        .that()
        .resideInAnyPackage(array(part.packages()))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(array(known))
        .check(ROLLCALL);
  }

  @Test
  void ofTheServersPackagesOnlyTheAdapterKnowsTheServerOfTheJdk() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.rollcall.http.server.jdk..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.sun.net.httpserver..")
        .check(ROLLCALL);
  }

  @Test
  void everyPackageIsInAPart() {
    List<String> packages = parts().stream().flatMap(part -> part.packages().stream()).toList();

    noClasses().should().resideOutsideOfPackages(array(packages)).check(ROLLCALL);
  }

  private static String[] array(List<String> names) {
    return names.toArray(String[]::new);
  }

  @Test
  void noPackagesDependOnEachOtherInACircle() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(
                    CORE.contains(type.getPackageName()) ? "dev.rollcall" : type.getPackageName());
              }

              @Override
              public String getDescription() {
                return "packages, of which those of CORE count as one";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(ROLLCALL);
  }
}
