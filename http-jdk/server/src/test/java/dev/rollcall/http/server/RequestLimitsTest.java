package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that has as much to do as it may. */
@Timeout(30)
class RequestLimitsTest {
  private static final String BODY = "{\"url\":\"http://h\",\"info\":{}}";

  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final Semaphore entered = new Semaphore(0);
  private final Semaphore mayEnd = new Semaphore(0);
  private final List<RawHttp> held = new ArrayList<>();
  private final RegistryHttpServer server =
      RegistryHttpServer.builder(
              RegistryEndpoints.builder(registry)
                  .limits(RequestLimits.builder().maxRequests(8).maxLists(1).build())
                  .build())
          .start();
  private final Wire wire = new Wire(server.address());

  @AfterEach
  void close() throws IOException {
    mayEnd.release(100);
    for (RawHttp connection : held) {
      connection.close();
    }
    server.close();
  }

  /** Sends requests that run until they are released, and waits until they do. */
  private void hold(int count, String target) throws IOException {
    registry.onEachCall(
        () -> {
          entered.release();
          mayEnd.acquireUninterruptibly();
        });
    for (int i = 0; i < count; i++) {
      var connection = new RawHttp(server.address());
      held.add(connection);
      connection.send(target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    }
    entered.acquireUninterruptibly(count);
    registry.onEachCall(() -> {});
  }

  private static void assertBusy(Answer answer) {
    assertProblem(answer, 503, "busy");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
  }

  @Test
  void listsBeyondTheirShareAreRefusedAtOnceAndAllElseIsServed() throws IOException {
    hold(1, "GET /services");

    assertBusy(wire.get("/services"));
    assertThat(wire.put("/services/a/$ping").status()).isEqualTo(200);
    assertThat(wire.register(BODY).status()).isEqualTo(201);
    assertThat(wire.get("/services/a").status()).isEqualTo(404);
  }

  @Test
  void readsAndWritesLeaveAQuarterToPings() throws IOException {
    hold(6, "GET /services/a");

    assertBusy(wire.get("/services/a"));
    assertBusy(wire.get("/services"));
    assertBusy(wire.register(BODY));
    assertBusy(wire.delete("/services/a"));
    hold(2, "PUT /services/a/$ping");
    assertBusy(wire.put("/services/a/$ping"));
  }

  @Test
  void whatNeedsNoPlaceIsAnsweredByAFullServer() throws IOException {
    hold(8, "PUT /services/a/$ping");

    assertThat(wire.get("/health").status()).isEqualTo(200);
    assertProblem(wire.get("/nope"), 404, "no-such-path");
    assertProblem(wire.put("/services"), 405, "method-not-allowed");
    assertProblem(wire.register("{"), 503, "busy");
  }

  @Test
  void aPlaceIsFreeAgainAfterAnAnswerAndAfterAFailure() throws IOException {
    hold(6, "GET /services/a");
    mayEnd.release(6);
    for (RawHttp connection : held) {
      assertThat(connection.read(false).status()).isEqualTo(404);
    }

    registry.failWith(new IllegalStateException("on purpose"));
    for (int i = 0; i < 20; i++) {
      assertThat(statusOnceThereIsRoom(() -> wire.get("/services"))).isEqualTo(500);
      assertThat(statusOnceThereIsRoom(() -> wire.register(BODY))).isEqualTo(500);
    }
    registry.onEachCall(() -> {});
    assertThat(statusOnceThereIsRoom(() -> wire.get("/services"))).isEqualTo(200);
  }

  /** Asks until there is a place: one is left after its answer has gone, so a moment later. */
  private static int statusOnceThereIsRoom(Supplier<Answer> request) {
    int status = request.get().status();
    while (status == 503) {
      status = request.get().status();
    }
    return status;
  }

  @Test
  void aSlowSenderHoldsNoPlace() throws IOException {
    for (int i = 0; i < 20; i++) {
      var slow = new RawHttp(server.address());
      held.add(slow);
      slow.send(
          "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{");
    }

    assertThat(wire.register(BODY).status()).isEqualTo(201);
    assertThat(wire.get("/services").status()).isEqualTo(200);
  }

  @Test
  void limitsAreCheckedAtOnceAndGoThroughTheirBuilder() {
    var limits = RequestLimits.builder();
    assertThatIllegalArgumentException().isThrownBy(() -> limits.maxRequests(0));
    assertThatIllegalArgumentException().isThrownBy(() -> limits.maxLists(0));
    assertThatIllegalArgumentException().isThrownBy(() -> limits.rateLimit(0));
    assertThatIllegalArgumentException().isThrownBy(() -> limits.rateBurst(1_000_001));

    RequestLimits copy = limits.rateLimit(5).rateBurst(7).maxLists(3).build().toBuilder().build();

    assertThat(copy.rateLimit()).isEqualTo(5);
    assertThat(copy.rateBurst()).isEqualTo(7);
    RequestLimits withoutBurst = RequestLimits.builder().rateLimit(5).build();
    assertThat(withoutBurst.rateBurst()).isEqualTo(5);
    assertThat(withoutBurst.toBuilder().rateLimit(100).build().rateBurst()).isEqualTo(100);
    var burst = RequestLimits.builder().rateBurst(7);
    assertThatIllegalArgumentException()
        .isThrownBy(burst::build)
        .withMessageContaining("rateBurst needs a rateLimit");
    assertThat(copy.maxLists()).isEqualTo(3);
    assertThat(copy.maxRequests()).isEqualTo(256);
    assertThat(copy.maxBodyBytes()).isEqualTo(1_048_576);
  }
}
