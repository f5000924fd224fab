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
      registry.register(Registration.of("http://h").id("a").build());
      assertThatThrownBy(() -> registry.register(Registration.of("http://h").id("b").build()))
          .isInstanceOf(RegistryFullException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1.5", "2147483648", "0", "-1", "1&x=2"})
  void aBoundThatIsNoneIsRefused(String bound) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open("memory:?max-services=" + bound))
        .withMessageContaining("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory:x", "memory:?x=1", "memory://user:s3cret@h"})
  void whatItDoesNotKnowIsRefusedWithoutShowingAPassword(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlStore.open(uri))
        .withMessageContaining("memory:?max-services=N")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
  }
}
