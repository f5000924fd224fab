package dev.rollcall.docs;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls that published code must not make, each for a fault that it has caused. */
class HouseRulesTest {
  private static final JavaClasses PUBLISHED =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rollcall");

  private static void holds(ArchRule rule) {
    rule.check(PUBLISHED);
  }

  @Test
  void numbersInMessagesAreAsciiInEveryLocale() {
    holds(
        noClasses()
            .should()
            .callMethod(String.class, "format", String.class, Object[].class)
            .orShould()
            .callMethod(String.class, "formatted", Object[].class)
            .because("they write numbers in the digits of the user's locale; pass Locale.ROOT"));
  }

  @Test
  void nothingWaitsOnTheTimerThatAllOfTheJvmShares() {
    holds(
        noClasses()
            .should()
            .callMethodWhere(
                target(owner(type(CompletableFuture.class)))
                    .and(target(nameMatching("orTimeout|completeOnTimeout|delayedExecutor"))))
            .because("its thread outlives whoever schedules there, and keeps the class loader"));
  }

  /**
   * A factory keeps field names in tables that all its parsers share, unless that is off; strangers
   * can choose names that collide there, and corrupt them.
   */
  @Test
  void noFactoryKeepsTheFieldNamesOfStrangers() throws IllegalAccessException {
    List<JsonFactory> factories = new ArrayList<>();
    for (JavaClass owner : PUBLISHED) {
      for (JavaField field : owner.getFields()) {
        if (field.getModifiers().contains(JavaModifier.STATIC)
            && field.getRawType().getName().startsWith("com.fasterxml.jackson.")) {
          Field reflected = field.reflect();
          reflected.setAccessible(true);
          factoryOf(reflected.get(null)).ifPresent(factories::add);
        }
      }
    }

    assertThat(factories)
        .hasSizeGreaterThan(2)
        .noneMatch(factory -> factory.isEnabled(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES));
  }

  private static Optional<JsonFactory> factoryOf(Object value) {
    if (value instanceof JsonFactory factory) {
      return Optional.of(factory);
    }
    if (value instanceof ObjectMapper mapper) {
      return Optional.of(mapper.getFactory());
    }
    return value instanceof ObjectReader reader
        ? Optional.of(reader.getFactory())
        : Optional.empty();
  }
}
