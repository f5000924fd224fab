package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.FakeServer;
import org.junit.jupiter.api.Test;

/** Servers that the store cannot work with, and says so. */
class OldServerTest {

  @Test
  void aServerOfVersionSixIsRefusedByItsVersion() {
    String hello =
        "%4 +server +redis +version +6.2.14 +proto :3 +mode +standalone ".replace(" ", "\r\n");
    try (FakeServer old = new FakeServer(hello)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TtlStore.open("redis://" + old.address()))
          .withMessageContaining(old.address())
          .withMessageContaining("redis 6.2.14")
          .withMessageContaining("Valkey 7.2 or later, or Redis 7.0 or later");
    }
  }

  @Test
  void aServerThatKnowsNoHelloIsRefusedAsTooOld() {
    try (FakeServer old =
        new FakeServer("-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TtlStore.open("redis://" + old.address()))
          .withMessageContaining(old.address())
          .withMessageContaining("Valkey 7.2 or later, or Redis 7.0 or later");
    }
  }

  @Test
  void aServerOfAnotherKindIsUnavailable() {
    try (FakeServer web = new FakeServer("HTTP/1.1 400 Bad Request\r\n\r\n")) {
      assertThatThrownBy(() -> TtlStore.open("redis://" + web.address()))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(web.address());
    }
  }
}
