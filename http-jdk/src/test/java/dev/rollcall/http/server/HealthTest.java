package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.RawHttp.Answer;
import dev.rollcall.http.Wire;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthTest {
  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final RegistryHttpServer server = RegistryHttpServer.builder(registry).start();
  private final Wire wire = new Wire(server.address());

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aStoreThatAnswersIsHealthy() {
    Answer answer = wire.get("/health");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.text()).isEqualTo("{\"status\":\"healthy\"}");
  }

  @Test
  void aStoreThatCannotBeReachedIsUnhealthyUntilItAnswersAgain() {
    for (RuntimeException failure :
        new RuntimeException[] {
          new StoreUnavailableException("valkey at secret-host:6379"),
          new RegistryUnavailableException("upstream"),
          new RejectedException("no")
        }) {
      registry.failWith(failure);
      Answer answer = wire.get("/health");

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Content-Type")).isEqualTo("application/json");
      assertThat(answer.text()).isEqualTo("{\"status\":\"unhealthy\"}");
    }
    registry.onEachCall(() -> {});
    assertThat(wire.get("/health").status()).isEqualTo(200);
  }
}
