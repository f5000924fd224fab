package dev.rollcall.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever info holds comes back exactly, and belongs to the registry. */
public interface InfoContract extends RegistryFixture {

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#infos")
  default void infoComesBackExactlyFromEveryRead(Map<String, Object> info) {
    registry().register(Registration.builder("http://h").id("a").info(info).build());

    assertSame(registry().find("a").orElseThrow().info(), info);
    assertSame(registry().list().get(0).info(), info);
    assertSame(registry().deregister("a").orElseThrow().info(), info);
  }

  private static void assertSame(Map<String, Object> actual, Map<String, Object> expected) {
    assertThat(actual).isEqualTo(expected);
    // Equality of maps ignores the order of keys; the text does not.
    assertThat(actual).hasToString(expected.toString());
  }

  @Test
  default void numbersComeBackInTheNarrowestTypeThatHoldsThem() {
    Map<String, Object> info = new HashMap<>();
    info.put("byte", (byte) 1);
    info.put("long", 5L);
    info.put("double", 0.1d);
    info.put("float", 0.1f);
    info.put("whole", new BigDecimal("5"));
    registry().register(Registration.builder("http://h").id("a").info(info).build());

    assertThat(registry().find("a").orElseThrow().info())
        .containsEntry("byte", 1)
        .containsEntry("long", 5)
        .containsEntry("double", new BigDecimal("0.1"))
        .containsEntry("float", new BigDecimal("0.1"))
        .containsEntry("whole", 5);
  }

  @Test
  default void whatTheCallerDoesToItsInfoLaterChangesNothing() {
    List<Object> inner = new ArrayList<>(List.of("x"));
    Map<String, Object> info = new HashMap<>(Map.of("list", inner));
    Registration registration = Registration.builder("http://h").id("a").info(info).build();
    info.put("late", true);
    inner.add("late");
    registry().register(registration);
    inner.add("later");

    assertThat(registry().find("a").orElseThrow().info()).isEqualTo(Map.of("list", List.of("x")));
  }

  @Test
  default void aReadInfoCannotBeChanged() {
    registry()
        .register(
            Registration.builder("http://h")
                .id("a")
                .info(Map.of("m", Map.of(), "l", List.of(1)))
                .build());
    Map<String, Object> info = registry().find("a").map(Service::info).orElseThrow();

    assertThatThrownBy(() -> info.put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ((List<?>) info.get("l")).remove(0))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ((Map<?, ?>) info.get("m")).clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
