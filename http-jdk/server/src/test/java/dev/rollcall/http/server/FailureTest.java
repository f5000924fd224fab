package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.RegistryBusyException;
import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the registry behind the server throws becomes an answer that tells nothing of it. */
class FailureTest {
  private static final String SECRET = "valkey://:password@secret-host:6379";

  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final RegistryHttpServer server = RegistryHttpServer.builder(registry).start();

  @AfterEach
  void close() {
    server.close();
  }

  private void assertEachCallAnswers(int status, String type) {
    Wire wire = new Wire(server.address());
    for (Answer answer :
        List.of(
            wire.register("{\"url\":\"http://h\",\"info\":{}}"),
            wire.put("/services/a/$ping"),
            wire.put("/services/a/$ping?lease=x"),
            wire.delete("/services/a"),
            wire.delete("/services/a?lease=x"),
            wire.get("/services/a"),
            wire.get("/services"))) {
      assertProblem(answer, status, type);
      assertThat(answer.text()).doesNotContain("secret", "password");
    }
  }

  @Test
  void aStoreThatCannotBeAskedIsUnavailableAndNoServiceIsGoneForIt() {
    registry.failWith(new StoreUnavailableException(SECRET, null, null));
    assertEachCallAnswers(503, "store-unavailable");

    registry.failWith(
        new RegistryUnavailableException(SECRET, new IllegalStateException(SECRET), null));
    assertEachCallAnswers(503, "store-unavailable");
  }

  @Test
  void aFullRegistryIsFull() {
    registry.failWith(new RegistryFullException(SECRET, null, null));
    assertEachCallAnswers(503, "full");
  }

  @Test
  void aRegistryThatHasTooMuchUnderWayIsBusyAndSaysWhenToComeBack() {
    registry.failWith(new RegistryBusyException(SECRET, null, null));
    assertEachCallAnswers(503, "busy");

    registry.failWith(new RegistryBusyException(SECRET, null, Duration.ofSeconds(7)));
    Answer answer = new Wire(server.address()).get("/services");
    assertProblem(answer, 503, "busy").saying("registry.busy");
    assertThat(answer.header("Retry-After")).isEqualTo("7");
  }

  @Test
  void aFullRegistryStillTakesThoseThatItHolds() {
    try (var served = new ServedRegistry()) {
      for (int i = 0; i < 100; i++) {
        served.wire().registered("s" + i);
      }
      Answer answer = served.wire().register("{\"url\":\"http://h\",\"info\":{}}");

      assertProblem(answer, 503, "full").at("/services/$register");
      assertThat(served.wire().registered("s7")).isNotNull();
      assertThat(served.wire().get("/services").json().path("count").intValue()).isEqualTo(100);
    }
  }

  @Test
  void aRegistryThatRefusesIsABadGateway() {
    registry.failWith(new RejectedException(SECRET, null));
    assertEachCallAnswers(502, "refused");

    registry.failWith(new AccessDeniedException(SECRET, null));
    assertEachCallAnswers(502, "refused");
  }

  @Test
  void whateverElseIsThrownIsAnInternalErrorWithoutDetails() {
    registry.failWith(new NullPointerException(SECRET));
    assertEachCallAnswers(500, "internal");
    assertProblem(new Wire(server.address()).get("/health"), 500, "internal");
  }

  @Test
  void aRegistryThatWasClosedIsAnInternalErrorAndNoEmptyList() {
    ServiceRegistry closed = ServiceRegistry.open("memory:");
    closed.close();
    try (var over = RegistryHttpServer.builder(closed).start()) {
      assertProblem(new Wire(over.address()).get("/services"), 500, "internal");
    }
  }

  @Test
  void theServerServesOnAfterAnyFailure() {
    registry.failWith(new IllegalStateException(SECRET));
    Wire wire = new Wire(server.address());
    assertThat(wire.get("/services").status()).isEqualTo(500);

    registry.onEachCall(() -> {});

    assertThat(wire.get("/services").status()).isEqualTo(200);
  }
}
