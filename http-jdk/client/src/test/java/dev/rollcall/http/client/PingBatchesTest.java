package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.client.harness.FakeRegistry.Asked;
import dev.rollcall.spi.LeasePing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several pings as one request, and registries that do not know such a request. */
@Timeout(60)
class PingBatchesTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String BATCH = "/services/$ping";
  private static final String ALIVE =
      "{\"id\":\"%s\",\"status\":200,\"last_ping_at\":\"2026-11-23T18:01:32.977Z\","
          + "\"expires_at\":\"2026-11-23T18:02:02.977Z\"}";

  private final FakeRegistry fake = FakeRegistry.hung();
  private final ManualClock clock = new ManualClock();
  private final HttpServiceRegistry registry = connect();

  private HttpServiceRegistry connect() {
    HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder(fake.url());
    builder.transport.nanoTime = clock;
    return builder.build();
  }

  @AfterEach
  void close() {
    registry.close();
    fake.close();
  }

  private List<CompletableFuture<Optional<Lease>>> ping(String... ids) {
    return registry.pingAllAsync(pings(ids), LONG);
  }

  private static List<LeasePing> pings(String... ids) {
    List<LeasePing> pings = new ArrayList<>();
    for (String id : ids) {
      pings.add(new LeasePing(id, Fence.of("L-" + id)));
    }
    return pings;
  }

  private static String[] ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "s" + i).toArray(String[]::new);
  }

  private static String outcomes(String... outcomes) {
    return "{\"outcomes\":[" + String.join(",", outcomes) + "]}";
  }

  private static String alive(String id) {
    return ALIVE.formatted(id);
  }

  private static String failed(String id, int status, String type) {
    return "{\"id\":\"%s\",\"status\":%d,\"type\":\"urn:rollcall:error:%s\",\"detail\":\"because\"}"
        .formatted(id, status, type);
  }

  private List<String> targets() {
    return fake.asked().stream().map(Asked::target).toList();
  }

  @Test
  void severalPingsAreOneRequest() {
    fake.then(200, outcomes(alive("a"), alive("b")));

    List<CompletableFuture<Optional<Lease>>> answers =
        registry.pingAllAsync(
            List.of(new LeasePing("a", Fence.of("L")), new LeasePing("b", Fence.none())), LONG);

    Lease a = answers.get(0).join().orElseThrow();
    assertThat(a.id()).isEqualTo("a");
    assertThat(a.leaseId()).contains("L");
    assertThat(a.ttl()).isEqualTo(LONG);
    assertThat(a.expiresAt()).isEqualTo(Instant.parse("2026-11-23T18:02:02.977Z"));
    assertThat(answers.get(1).join().orElseThrow().leaseId()).isEmpty();
    Asked asked = fake.lastAsked();
    assertThat(asked.method()).isEqualTo("PUT");
    assertThat(asked.target()).isEqualTo(BATCH);
    assertThat(asked.headers().get("content-type")).startsWith("application/json");
    assertThat(asked.body())
        .isEqualTo("{\"leases\":[{\"id\":\"a\",\"lease_id\":\"L\"},{\"id\":\"b\"}]}");
    assertThat(fake.asked()).hasSize(1);
  }

  @Test
  void eachOutcomeIsWhatAPingAloneWouldComeTo() {
    fake.then(
        200,
        outcomes(
            failed("a", 404, "not-found"),
            failed("b", 409, "superseded"),
            failed("c", 503, "store-unavailable"),
            failed("d", 404, "no-such-path"),
            failed("e", 401, "unauthorized"),
            failed("f", 422, "invalid"),
            failed("g", 500, "internal"),
            alive("h")));

    List<CompletableFuture<Optional<Lease>>> answers = ping("a", "b", "c", "d", "e", "f", "g", "h");

    assertThat(answers.get(0).join()).isEmpty();
    assertFailed(answers.get(1), LeaseSupersededException.class, "ping 'b'");
    assertFailed(answers.get(2), StoreUnavailableException.class, "ping 'c'");
    assertFailed(answers.get(3), RegistryUnavailableException.class, "ping 'd'");
    assertFailed(answers.get(4), AccessDeniedException.class, "ping 'e'");
    assertFailed(answers.get(5), RejectedException.class, "ping 'f'");
    assertFailed(answers.get(6), RegistryUnavailableException.class, "ping 'g'");
    assertThat(answers.get(7).join()).isPresent();
  }

  private static void assertFailed(
      CompletableFuture<?> answer, Class<? extends Exception> type, String words) {
    assertThatThrownBy(answer::join)
        .cause()
        .isExactlyInstanceOf(type)
        .hasMessageContaining(words)
        .hasMessageContaining("because");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "<html>login</html>",
        "{\"outcomes\":{}}",
        "{\"outcomes\":[]}",
        "{\"outcomes\":[{\"id\":\"a\",\"status\":200}]}",
        "{\"outcomes\":[{\"id\":\"b\",\"status\":200},{\"id\":\"a\",\"status\":200}]}",
        "{\"outcomes\":[{\"id\":\"a\",\"status\":200},{\"status\":200}]}",
        "{\"outcomes\":[{\"id\":\"a\",\"status\":200},{\"id\":\"b\"}]}",
        "{\"outcomes\":[{\"id\":\"a\",\"status\":200},{\"id\":\"b\",\"status\":\"alive\"}]}",
        "{\"outcomes\":[{\"id\":\"a\",\"status\":200},{\"id\":\"b\",\"status\":204}]}",
        "{\"outcomes\":[{\"id\":\"a\",\"status\":200},{\"id\":\"b\",\"status\":600}]}",
        "{\"outcomes\":[{\"id\":\"a\",\"status\":200},null]}",
        "{\"outcomes\":[{\"id\":\"a\",\"status\":200},{\"id\":\"b\",\"status\":200},"
            + "{\"id\":\"c\",\"status\":200}]}"
      })
  void anAnswerThatDoesNotMatchThePingsFailsThemAll(String body) {
    fake.then(200, body);

    for (CompletableFuture<?> answer : ping("a", "b")) {
      assertThatThrownBy(answer::join)
          .cause()
          .isExactlyInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("what answered there is not a registry");
    }
    assertThat(registry.combinesPings()).isTrue();
  }

  @Test
  void aRefusalOfAllIsThatOfEach() {
    fake.then(
        answer(
            503,
            "Retry-After: 7\r\n",
            "{\"type\":\"urn:rollcall:error:store-unavailable\",\"detail\":\"because\"}"));
    for (CompletableFuture<?> answer : ping("a", "b")) {
      assertThatThrownBy(answer::join)
          .cause()
          .isInstanceOfSatisfying(
              StoreUnavailableException.class,
              e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(7)));
    }
    fake.then(401, "{\"type\":\"urn:rollcall:error:unauthorized\",\"detail\":\"because\"}");
    for (CompletableFuture<?> answer : ping("a", "b")) {
      assertFailed(answer, AccessDeniedException.class, "401");
    }
    fake.then(429, "{}");
    for (CompletableFuture<?> answer : ping("a", "b")) {
      assertThatThrownBy(answer::join).hasCauseInstanceOf(RegistryUnavailableException.class);
    }
    assertThat(targets()).containsExactly(BATCH, BATCH, BATCH);
  }

  @Test
  void aRegistryThatHangsFailsEachWithinTheTimeout() {
    for (CompletableFuture<?> answer :
        registry.pingAllAsync(pings("a", "b"), Duration.ofMillis(200))) {
      assertThatThrownBy(answer::join)
          .cause()
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageEndingWith("no answer within PT0.2S");
    }
  }

  @Test
  void aRequestHoldsAThousandPings() {
    fake.then(
            200,
            outcomes(
                IntStream.range(0, 1_000).mapToObj(i -> alive("s" + i)).toArray(String[]::new)))
        .then(200, outcomes(alive("s1000"), alive("s1001")));

    List<CompletableFuture<Optional<Lease>>> answers = ping(ids(1_002));

    // The two requests may come in either order; then both answers are of the wrong length.
    CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .exceptionally(e -> null)
        .join();
    assertThat(fake.asked())
        .extracting(asked -> asked.body().split("\"id\"", -1).length - 1)
        .containsExactlyInAnyOrder(1_000, 2);
  }

  @Test
  void aRequestIsBoundedInItsLength() {
    fake.then(503, "{}");
    String longLease = "x".repeat(100_000);
    List<LeasePing> pings =
        IntStream.range(0, 6).mapToObj(i -> new LeasePing("s" + i, Fence.of(longLease))).toList();

    for (CompletableFuture<?> answer : registry.pingAllAsync(pings, LONG)) {
      assertThatThrownBy(answer::join).hasCauseInstanceOf(RegistryUnavailableException.class);
    }
    assertThat(fake.asked())
        .hasSize(3)
        .allSatisfy(asked -> assertThat(asked.body().length()).isLessThan(300_000));
  }

  @Test
  void onePingIsSentAlone() {
    fake.then(200, "{\"id\":\"a\",\"status\":\"alive\"}");

    assertThat(ping("a").get(0).join()).isPresent();
    assertThat(targets()).containsExactly("/services/a/$ping?lease=L-a");
  }

  @Test
  void anIdThatNoServiceCanHaveIsNotSent() {
    fake.then(200, "{\"id\":\"a\",\"status\":\"alive\"}");

    List<CompletableFuture<Optional<Lease>>> answers = ping("no id", "a", "");

    assertThat(answers.get(0).join()).isEmpty();
    assertThat(answers.get(1).join()).isPresent();
    assertThat(answers.get(2).join()).isEmpty();
    assertThat(fake.asked()).hasSize(1);
  }

  @Test
  void whatARegistryRefusesInABatchEndsTheTimeOfAnotherApplicationsNotFounds() {
    String unknown = "{\"detail\":\"Not Found\"}";
    fake.then(404, unknown)
        .then(200, outcomes(failed("a", 409, "superseded"), alive("b")))
        .then(404, unknown);
    assertThatThrownBy(() -> registry.ping("a", "L-a")).isNotNull();
    clock.advance(LONG);
    assertThatThrownBy(() -> ping("a", "b").get(0).join())
        .hasCauseInstanceOf(LeaseSupersededException.class);
    clock.advance(LONG);

    assertThatThrownBy(() -> registry.ping("a", "L-a"))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  @Test
  void aServiceWithAPingUrlOfItsOwnIsPingedThere() {
    fake.then(
        200,
        "{\"id\":\"a\",\"status\":\"registered\",\"ping_url\":\"/elsewhere/a\",\"lease_id\":\"L\"}");
    registry.register(Registration.builder("http://h").id("a").build());
    fake.then(FakeRegistry.well());

    ping("b", "a", "c").forEach(answer -> answer.exceptionally(e -> Optional.empty()).join());

    assertThat(targets()).contains("/elsewhere/a?lease=L-a", BATCH).hasSize(3);
  }

  /** Answers as a registry that knows single pings only. */
  private static FakeRegistry.Script single(FakeRegistry.Script refusal) {
    return single(refusal, FakeRegistry.well());
  }

  private static FakeRegistry.Script single(
      FakeRegistry.Script refusal, FakeRegistry.Script alive) {
    return FakeRegistry.byRequest(asked -> asked.target().equals(BATCH) ? refusal : alive);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 411, 413, 415, 422, 501})
  void aRegistryThatRefusesSuchARequestGetsSinglePings(int status) {
    fake.then(single(answer(status, "", "{\"detail\":\"Method Not Allowed\"}")));

    for (CompletableFuture<Optional<Lease>> answer : ping("a", "b", "c")) {
      assertThat(answer.join()).isPresent();
    }

    assertThat(targets())
        .containsExactlyInAnyOrder(
            BATCH,
            "/services/a/$ping?lease=L-a",
            "/services/b/$ping?lease=L-b",
            "/services/c/$ping?lease=L-c");
    assertThat(targets().get(0)).isEqualTo(BATCH);
    assertThat(registry.combinesPings()).isFalse();
  }

  @Test
  void itIsAskedAgainAfterFiveMinutes() {
    fake.then(single(answer(405, "", "")));
    ping("a", "b").forEach(CompletableFuture::join);
    clock.advance(Duration.ofMinutes(5).minusNanos(1));
    assertThat(registry.combinesPings()).isFalse();
    ping("a", "b").forEach(CompletableFuture::join);
    assertThat(targets()).filteredOn(BATCH::equals).hasSize(1);

    clock.advance(Duration.ofNanos(1));
    assertThat(registry.combinesPings()).isTrue();
    fake.then(200, outcomes(alive("a"), alive("b")));
    ping("a", "b").forEach(CompletableFuture::join);
    assertThat(fake.lastAsked().target()).isEqualTo(BATCH);
    assertThat(registry.combinesPings()).isTrue();
  }

  @Test
  void theSinglePingsOfARefusedRequestAreNotSentAllAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(64);
    CountDownLatch gate = new CountDownLatch(1);
    FakeRegistry.Script alive = FakeRegistry.well();
    fake.then(
        single(
            answer(404, "", "{\"detail\":\"Not Found\"}"),
            socket -> {
              asked.countDown();
              await(gate);
              alive.play(socket);
            }));

    List<CompletableFuture<Optional<Lease>>> answers = ping(ids(300));
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(fake.asked()).hasSize(1 + 64);
    gate.countDown();

    answers.forEach(answer -> assertThat(answer.join()).isPresent());
    assertThat(fake.asked()).hasSize(1 + 300);
    assertThat(fake.connections()).isLessThanOrEqualTo(1 + 64);
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theSinglePingsHaveWhatIsLeftOfTheTimeout() {
    FakeRegistry.Script refusal = answer(405, "", "");
    fake.then(
        socket -> {
          clock.advance(LONG);
          refusal.play(socket);
        });

    for (CompletableFuture<?> answer : ping("a", "b")) {
      assertThatThrownBy(answer::join)
          .cause()
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageEndingWith("no answer within PT30S");
    }
    assertThat(targets()).containsExactly(BATCH);
  }

  @Test
  void afterCloseAllFail() {
    registry.close();

    for (CompletableFuture<?> answer : ping(ids(1_500))) {
      assertThatThrownBy(answer::join).hasCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void afterCloseAllFailAlsoOfARegistryThatGetsSinglePings() {
    fake.then(single(answer(405, "", "")));
    ping("a", "b").forEach(CompletableFuture::join);
    registry.close();

    for (CompletableFuture<?> answer : ping(ids(100_000))) {
      assertThatThrownBy(answer::join).hasCauseInstanceOf(IllegalStateException.class);
    }
  }
}
