package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rollcall.LeaseSupersededException;
import dev.rollcall.RegistryBusyException;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.http.server.spi.RequestListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches of pings to a registry that blocks and fails. */
@Timeout(60)
class BatchPingFailureTest {
  private static final String THREE = "{\"leases\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}]}";

  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final ManualClock clock = new ManualClock();
  private final List<CompletedRequest> heard = new CopyOnWriteArrayList<>();
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private final RegistryHttpServer server =
      RegistryHttpServer.builder(
              RegistryEndpoints.builder(registry).nanoTime(clock).listener(new Listener()).build())
          .start();

  private final class Listener implements RequestListener {
    @Override
    public void completed(CompletedRequest request) {
      heard.add(request);
    }

    @Override
    public void pingsRefused(String problem, int count) {
      refused.add(count + " " + problem);
      throw new IllegalStateException("a test's own");
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Answer ping() {
    return new Wire(server.address())
        .send("PUT", "/services/$ping", THREE.getBytes(UTF_8), "Content-Type: application/json");
  }

  private static List<Integer> statuses(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().path("outcomes").findValues("status").stream()
        .map(status -> status.intValue())
        .toList();
  }

  /** Has every ping from the second on fail. */
  private void failFromTheSecondOn(RuntimeException failure) {
    AtomicInteger asked = new AtomicInteger();
    registry.onEachCall(
        () -> {
          if (asked.incrementAndGet() > 1) {
            throw failure;
          }
        });
  }

  @Test
  void aStoreThatCannotBeAskedAtAllFailsTheWholeRequestAndSaysWhenToComeBack() {
    registry.failWith(new StoreUnavailableException("down", null, null));

    Answer answer = ping();

    assertProblem(answer, 503, "store-unavailable").at("/services/$ping");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
  }

  @Test
  void aRegistryThatSaysWhenToComeBackIsTakenAtItsWord() {
    registry.failWith(new RegistryBusyException("busy", null, Duration.ofSeconds(7)));

    Answer answer = ping();

    assertProblem(answer, 503, "busy");
    assertThat(answer.header("Retry-After")).isEqualTo("7");
  }

  @Test
  void aFailureOfSomePingsIsTheirsAlone() {
    failFromTheSecondOn(new StoreUnavailableException("down", null, null));

    Answer answer = ping();

    assertThat(statuses(answer)).containsExactly(200, 503, 503);
    assertThat(answer.json().path("outcomes").get(1).path("type").textValue())
        .isEqualTo("urn:rollcall:error:store-unavailable");
  }

  @Test
  void aRegistryThatIsBrokenIsTheServersFault() {
    registry.failWith(new IllegalStateException("a test's own"));
    assertProblem(ping(), 500, "internal");

    failFromTheSecondOn(new IllegalStateException("a test's own"));
    assertThat(statuses(ping())).containsExactly(200, 500, 500);
  }

  @Test
  void aRegistryThatIsSlowIsNotAskedForThePingsBeyondTheTime() {
    AtomicInteger asked = new AtomicInteger();
    registry.onEachCall(
        () -> {
          asked.incrementAndGet();
          clock.advance(Duration.ofSeconds(6));
        });

    assertThat(statuses(ping())).containsExactly(200, 200, 503);
    assertThat(asked).hasValue(2);
  }

  @Test
  void refusedPingsOfABatchAreCounted() {
    failFromTheSecondOn(new StoreUnavailableException("down", null, null));
    assertThat(statuses(ping())).containsExactly(200, 503, 503);
    registry.failWith(new LeaseSupersededException("superseded", null));
    assertThat(statuses(ping())).containsExactly(409, 409, 409);
    registry.failWith(new StoreUnavailableException("down", null, null));
    assertThat(ping().status()).isEqualTo(503);

    assertThat(refused).containsExactly("2 store-unavailable", "3 superseded");
  }

  @Test
  void aBatchIsARequestOfItsOwnKind() {
    ping();
    registry.failWith(new StoreUnavailableException("down", null, null));
    ping();
    server.close(); // all has been told by then

    assertThat(heard)
        .extracting(CompletedRequest::operation, CompletedRequest::status)
        .containsExactlyInAnyOrder(tuple("ping-batch", 200), tuple("ping-batch", 503));
  }
}
