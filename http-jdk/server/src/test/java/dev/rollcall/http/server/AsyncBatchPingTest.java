package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Lease;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches of pings over a registry that can be called without holding a thread. */
@Timeout(60)
class AsyncBatchPingTest {
  private final HeldPings pings = new HeldPings();

  @AfterEach
  void close() throws IOException {
    pings.close();
  }

  private static String batch(String... ids) {
    return request(
        Stream.of(ids)
            .map(id -> "{\"id\":\"" + id + "\"}")
            .collect(Collectors.joining(",", "{\"leases\":[", "]}")));
  }

  private static String request(String body) {
    return HeldPings.ping(
            "$ping", "Content-Type: application/json", "Content-Length: " + body.length())
        + body;
  }

  private static List<Integer> statuses(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().path("outcomes").findValues("status").stream()
        .map(status -> status.intValue())
        .toList();
  }

  @Test
  void batchesThatWaitHoldNoThread() throws Exception {
    List<RawHttp> sent = pings.sendBehindAHeldOne(HeldPings.times(200, batch("a", "nobody", "a")));
    while (pings.asked() < 1 + 3 * 200) {
      Thread.onSpinWait(); // the timeout of this class is the assertion
    }
    assertThat(
            Thread.getAllStackTraces().values().stream()
                .filter(
                    frames ->
                        Stream.of(frames)
                            .anyMatch(
                                frame ->
                                    frame.getClassName().equals(RegistryEndpoints.class.getName())))
                .count())
        .isLessThan(20);
    pings.release();

    assertThat(sent.get(0).read(false).status()).isEqualTo(200);
    for (RawHttp connection : sent.subList(1, sent.size())) {
      assertThat(statuses(connection.read(false))).containsExactly(200, 404, 200);
    }
  }

  @Test
  void aBatchIsAnsweredWhenItsLastPingIs() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CompletableFuture<Optional<Lease>> last = new CompletableFuture<>();
    pings.answerInstead(
        () ->
            asked.incrementAndGet() == 2
                ? last
                : CompletableFuture.completedFuture(Optional.empty()));
    RawHttp connection = pings.send(batch("x", "y", "z") + HeldPings.ping("nobody/$ping"));
    while (asked.get() < 3) {
      Thread.onSpinWait();
    }
    last.completeExceptionally(new StoreUnavailableException("down", null, null));

    assertThat(statuses(connection.read(false))).containsExactly(404, 503, 404);
    assertThat(connection.read(false).status()).isEqualTo(404); // the next request on it
  }

  @Test
  void aStoreThatCannotBeAskedFailsTheWholeRequest() throws Exception {
    pings.answerInstead(
        () -> CompletableFuture.failedFuture(new StoreUnavailableException("down", null, null)));

    Answer answer = pings.send(batch("a", "b")).read(false);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    pings.answerInstead(null);
    assertThat(statuses(pings.send(batch("a", "b")).read(false))).containsExactly(200, 404);
  }

  @Test
  void aStoreThatIsBrokenHarmsNothingButWhatItIsAsked() throws Exception {
    List<Supplier<CompletableFuture<Optional<Lease>>>> broken =
        List.of(
            () -> CompletableFuture.failedFuture(new AssertionError("a test's own")),
            () -> CompletableFuture.completedFuture(null),
            () -> null,
            () -> {
              throw new IllegalStateException("a test's own");
            });
    for (Supplier<CompletableFuture<Optional<Lease>>> answer : broken) {
      pings.answerInstead(answer);
      assertThat(pings.send(batch("a", "b")).read(false).status()).isEqualTo(500);
    }

    pings.answerInstead(null);
    assertThat(statuses(pings.send(batch("a")).read(false))).containsExactly(200);
  }

  @Test
  void aMalformedBatchIsRefusedAndNeverReachesTheStore() throws Exception {
    RawHttp connection = pings.send(request("{\"leases\":[{}]}") + request("{") + batch("a"));

    assertThat(connection.read(false).status()).isEqualTo(422);
    assertThat(connection.read(false).status()).isEqualTo(400);
    assertThat(statuses(connection.read(false))).containsExactly(200);
    assertThat(pings.asked()).isEqualTo(1);
  }

  @Test
  void aBatchGivesBackItsPlaceHoweverItEnds() throws Exception {
    for (int i = 0; i < HeldPings.MAX_REQUESTS + 10; i++) {
      RawHttp connection = pings.send(i % 2 == 0 ? request("{}") : batch("a"));
      assertThat(connection.read(false).status()).isEqualTo(i % 2 == 0 ? 422 : 200);
    }
  }

  @Test
  void aServerThatClosesAnswersTheBatchesThatWait() throws Exception {
    List<RawHttp> sent = pings.sendBehindAHeldOne(HeldPings.times(20, batch("a", "a")));
    while (pings.asked() < 1 + 2 * 20) {
      Thread.onSpinWait();
    }
    var closed =
        CompletableFuture.runAsync(
            pings.server()::close, task -> new Thread(task, "closer").start());
    pings.release();
    closed.get(30, TimeUnit.SECONDS);

    HeldPings.assertAnswered(200, sent);
  }
}
