package dev.rollcall.examples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.api.Test;

/** The modules depend on each other as CONTRIBUTING.md says, down to their packages. */
class ModuleGraphTest {
  private static final String SERVER = "dev.rollcall.http.server";
  private static final JavaClasses ROLLCALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rollcall");

  private static void holds(ArchRule rule) {
    rule.check(ROLLCALL);
  }

  @Test
  void coreDependsOnTheJdkAlone() {
    holds(
        classes()
            .that()
            .resideInAnyPackage("dev.rollcall", "dev.rollcall.spi")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "java..", "org.jspecify.annotations", "dev.rollcall", "dev.rollcall.spi"));
  }

  @Test
  void theMemoryStoreDependsOnCoreAlone() {
    holds(
        classes()
            .that()
            .resideInAPackage("dev.rollcall.store.memory")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "java..",
                "org.jspecify.annotations",
                "dev.rollcall",
                "dev.rollcall.spi",
                "dev.rollcall.store.memory"));
  }

  @Test
  void eachModuleKnowsOnlyThoseBelowIt() {
    holds(
        layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("core")
            .definedBy("dev.rollcall", "dev.rollcall.spi")
            .layer("memory")
            .definedBy("dev.rollcall.store.memory..")
            .layer("valkey")
            .definedBy("dev.rollcall.store.valkey..")
            .layer("wire")
            .definedBy("dev.rollcall.http")
            .layer("server")
            .definedBy("dev.rollcall.http.server..")
            .layer("client")
            .definedBy("dev.rollcall.http.client")
            .layer("metrics")
            .definedBy("dev.rollcall.metrics")
            .layer("log")
            .definedBy("dev.rollcall.app.log")
            .layer("main")
            .definedBy("dev.rollcall.app")
            .layer("examples")
            .definedBy("dev.rollcall.examples..")
            .whereLayer("memory")
            .mayOnlyBeAccessedByLayers("examples")
            .whereLayer("valkey")
            .mayOnlyBeAccessedByLayers("examples")
            .whereLayer("server")
            .mayOnlyBeAccessedByLayers("metrics", "main", "examples")
            .whereLayer("client")
            .mayOnlyBeAccessedByLayers("examples")
            .whereLayer("metrics")
            .mayOnlyBeAccessedByLayers("main", "examples")
            .whereLayer("log")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("wire")
            .mayOnlyBeAccessedByLayers("server", "client"));
  }

  /** The room of a class of the HTTP server; the package of what users type is a room as well. */
  private static final SliceAssignment ROOMS_OF_THE_SERVER =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
          return type.getPackageName().startsWith(SERVER)
              ? SliceIdentifier.of(type.getPackageName())
              : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
          return "rooms of the HTTP server";
        }
      };

  @Test
  void theRoomsOfTheHttpServerHaveNoCircles() {
    holds(slices().assignedFrom(ROOMS_OF_THE_SERVER).should().beFreeOfCycles());
  }

  @Test
  void theEndpointsKnowNoHttpServer() {
    holds(
        noClasses()
            .that(resideInAPackage(SERVER + ".."))
            .and()
            .resideOutsideOfPackage(SERVER + ".jdk")
            .should()
            .dependOnClassesThat(resideInAnyPackage("com.sun.net.httpserver..")));
  }

  @Test
  void libraryTypesStayWithTheModuleThatUsesThem() {
    holds(
        noClasses()
            .that(resideInAPackage("dev.rollcall.."))
            .and()
            .resideOutsideOfPackages("dev.rollcall.http.client", "dev.rollcall.examples..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("okhttp3..", "okio..")));
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.rollcall.store.valkey..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("redis.clients..")));
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.rollcall.app")
            .should()
            .dependOnClassesThat(resideInAnyPackage("picocli..")));
    // It is optional: what works without it must not need it.
    holds(
        noClasses()
            .that(resideInAPackage("dev.rollcall.."))
            .and()
            .resideOutsideOfPackages(
                "dev.rollcall.metrics", "dev.rollcall.app", "dev.rollcall.examples..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.micrometer..", "io.prometheus..")));
  }
}
