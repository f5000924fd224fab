package dev.rollcall.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.RegistryFullException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTtlStoreProviderTest {

  @ParameterizedTest
  @ValueSource(strings = {"memory:", "MEMORY:", "memory:/", "memory:///"})
  void theSchemeAloneOpensAStore(String uri) {
    try (TtlStore store = TtlStore.open(uri)) {
      assertThat(store).isInstanceOf(MemoryTtlStore.class);
    }
  }

  @Test
  void theBoundIsAParameter() {
    try (ServiceRegistry registry = ServiceRegistry.open("memory:?max-services=1")) {
      registry.register(Registration.builder("http://h").id("a").build());
      assertThatThrownBy(() -> registry.register(Registration.builder("http://h").id("b").build()))
          .isInstanceOf(RegistryFullException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "max-bytes=600, 600",
    "max-bytes=5k, 5120",
    "max-bytes=64m, 67108864",
    "max-bytes=64M&max-services=7, 67108864",
    "max-services=7&max-bytes=2G, 2147483648",
    "max-bytes=9223372036854775807, 9223372036854775807"
  })
  void theHeapThatServicesTakeIsBoundedByAnotherParameter(String parameters, long bytes) {
    try (MemoryTtlStore store = (MemoryTtlStore) TtlStore.open("memory:?" + parameters)) {
      assertThat(store.maxBytes()).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory:", "memory:?max-services=7"})
  void withoutABoundItIsAQuarterOfTheHeap(String uri) {
    try (MemoryTtlStore store = (MemoryTtlStore) TtlStore.open(uri)) {
      assertThat(store.maxBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "keep-history-seconds=0, false",
    "max-bytes=64m&keep-history-seconds=2592000, true",
    "max-bytes=64m, true"
  })
  void howLongAHistoryIsKeptIsAParameter(String parameters, boolean isKept) {
    try (TtlStore store = TtlStore.open("memory:?" + parameters)) {
      assertThat(store.history().isPresent()).isEqualTo(isKept);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1.5", "2592001", "-1", "99999999999", "1h"})
  void aTimeThatNoHistoryIsKeptForIsRefused(String time) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open("memory:?keep-history-seconds=" + time))
        .withMessage(
            "keep-history-seconds takes a whole number from 0 to 2592000, not '" + time + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1.5", "2147483648", "0", "-1"})
  void aNumberOfServicesThatIsNoneIsRefused(String bound) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open("memory:?max-services=" + bound))
        .withMessage("max-services takes a whole number from 1 to 2147483647, not '" + bound + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "m",
        "1.5m",
        "0",
        "0g",
        "-1",
        "+1",
        "1mb",
        "1t",
        "64%20m",
        "\u0661",
        "1\u212a",
        "9223372036854775808",
        "9007199254740992k",
        "8589934592g"
      })
  void aSizeThatIsNoneIsRefused(String size) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open("memory:?max-bytes=" + size))
        .withMessage(
            "max-bytes takes a size of 1 or more, such as 500000, 64m or 2g, not '" + size + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"max-bytes=1m&max-bytes=2m", "max-services=1&max-bytes=1m&max-services=1"})
  void aParameterThatIsThereTwiceIsRefused(String parameters) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open("memory:?" + parameters))
        .withMessageContaining("twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "memory:x",
        "memory:?",
        "memory:?x=1",
        "memory:?max-services",
        "memory:?max-services=1&",
        "memory:?max-services=1&s3cret=2",
        "memory:?max-services=1#&max-bytes=s3cret",
        "memory:/#",
        "memory://user:s3cret@h"
      })
  void whatItDoesNotKnowIsRefusedWithoutShowingAPassword(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open(uri))
        .withMessageContaining("memory:?max-services=N")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
  }
}
