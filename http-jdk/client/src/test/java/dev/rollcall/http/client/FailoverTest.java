package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.answer;
import static dev.rollcall.http.client.harness.FakeRegistry.byRequest;
import static dev.rollcall.http.client.harness.FakeRegistry.raw;
import static dev.rollcall.http.client.harness.FakeRegistry.thenReset;
import static dev.rollcall.http.client.harness.FakeRegistry.well;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryBusyException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Query;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.client.transport.Failover;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarState;
import dev.rollcall.spi.LeasePing;
import dev.rollcall.store.valkey.harness.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry with several servers, some of which refuse, break off, hang or are not well. */
@Timeout(60)
class FailoverTest {
  private static final Registration REGISTRATION = Registration.builder("http://h").id("a").build();
  private static final FakeRegistry.Script UNKNOWN =
      answer(404, "", "{\"type\":\"urn:rollcall:error:not-found\",\"status\":404}");

  /** A server that does its work, and knows no service with the id of a probe. */
  private static final FakeRegistry.Script WELL =
      byRequest(
          asked -> isProbe(asked) ? UNKNOWN : isForStream(asked) ? raw(stream("e.1.v")) : well());

  private static final FakeRegistry.Script BUSY =
      answer(503, "", "{\"type\":\"urn:rollcall:error:busy\",\"status\":503}");

  private final FakeRegistry one = FakeRegistry.hung();
  private final FakeRegistry other = FakeRegistry.hung().then(WELL);
  private HttpServiceRegistry registry = registry(Duration.ofHours(1));

  @AfterEach
  void close() {
    registry.close();
    one.close();
    other.close();
  }

  private HttpServiceRegistry registry(Duration probeInterval) {
    return registry(probeInterval, Duration.ofSeconds(10));
  }

  private HttpServiceRegistry registry(Duration probeInterval, Duration timeout) {
    return registry(probeInterval, timeout, System::nanoTime);
  }

  private HttpServiceRegistry registry(
      Duration probeInterval, Duration timeout, LongSupplier nanoTime) {
    HttpServiceRegistry.Builder builder =
        HttpServiceRegistry.builder(one.url() + "/one," + other.url()).timeout(timeout);
    builder.transport.probeInterval = probeInterval;
    builder.transport.nanoTime = nanoTime;
    return builder.build();
  }

  private static boolean isProbe(FakeRegistry.Asked asked) {
    return asked.target().endsWith("/services/rollcall-probe");
  }

  private static List<String> targets(FakeRegistry server) {
    return server.asked().stream()
        .filter(asked -> !isProbe(asked))
        .map(asked -> asked.method() + " " + asked.target())
        .toList();
  }

  @Test
  void whileTheFirstIsWellNoOtherIsAsked() {
    one.then(WELL);

    assertThat(registry.register(REGISTRATION).id()).isEqualTo("a");
    assertThat(registry.ping("a")).isPresent();
    assertThat(targets(one))
        .containsExactly("POST /one/services/$register", "PUT /one/services/a/$ping");
    assertThat(other.connections()).isZero();
  }

  @Test
  void whereTheFirstRefusesConnectionsEachCallGoesToTheOther() {
    one.close();

    assertThat(registry.register(REGISTRATION).id()).isEqualTo("a");
    assertThat(registry.ping("a", Fence.of("L"))).isPresent();
    assertThat(registry.find("a")).isPresent();
    assertThat(registry.list()).isEmpty();
    assertThat(registry.deregister("a")).isPresent();
    assertThat(
            registry
                .pingAllAsync(List.of(new LeasePing("a", Fence.none())), Duration.ofSeconds(10))
                .get(0)
                .join())
        .isPresent();
    assertThat(targets(other))
        .containsExactly(
            "POST /services/$register",
            "PUT /services/a/$ping?lease=L",
            "GET /services/a",
            "GET /services",
            "DELETE /services/a",
            "PUT /services/a/$ping");
  }

  @Test
  void aBatchOfPingsGoesToTheOtherAsOneRequest() {
    one.close();
    other.then(WELL);
    List<CompletableFuture<Optional<Lease>>> pings =
        registry.pingAllAsync(
            List.of(new LeasePing("a", Fence.none()), new LeasePing("b", Fence.none())),
            Duration.ofSeconds(10));

    pings.forEach(ping -> assertThat(catchThrowable(ping::join)).isNotNull()); // a fake's answer
    assertThat(targets(other)).first().isEqualTo("PUT /services/$ping");
    assertThat(other.asked().get(0).body()).contains("\"a\"", "\"b\"");
  }

  @Test
  void whereTheFirstBreaksOffOrSaysThatItIsNotWellACallGoesToTheOther() {
    for (FakeRegistry.Script failure :
        List.of(
            thenReset(raw("")),
            answer(500, "", "{\"detail\":\"oops\"}"),
            answer(502, "", "<html>"),
            answer(
                503, "Retry-After: 0\r\n", "{\"type\":\"urn:rollcall:error:store-unavailable\"}"),
            answer(504, "", ""))) {
      one.then(failure);
      try (HttpServiceRegistry client = registry(Duration.ofHours(1))) {
        int before = one.asked().size();
        assertThat(client.ping("a")).isPresent();
        assertThat(client.ping("a")).isPresent(); // at the other at once
        assertThat(one.asked()).hasSize(before + 1);
      }
    }
  }

  @Test
  void aServerThatIsBusyOrRefusesHasAnswered() {
    one.then(
        answer(503, "Retry-After: 7\r\n", "{\"type\":\"urn:rollcall:error:busy\",\"status\":503}"));
    assertThat(catchThrowableOfType(RegistryBusyException.class, () -> registry.ping("a")))
        .hasMessageContaining("503")
        .extracting(RegistryUnavailableException::retryAfter)
        .isEqualTo(Optional.of(Duration.ofSeconds(7)));
    one.then(
        answer(409, "", "{\"type\":\"urn:rollcall:error:superseded\",\"detail\":\"superseded\"}"));
    assertThat(catchThrowable(() -> registry.ping("a", "L")))
        .isInstanceOf(LeaseSupersededException.class);
    one.then(UNKNOWN);
    assertThat(registry.ping("a")).isEmpty();
    assertThat(other.connections()).isZero();
  }

  @Test
  void theWaitThatAServerAsksForCountsWhereTheLastDoesNotAnswer() {
    one.then(
        answer(503, "Retry-After: 7\r\n", "{\"type\":\"urn:rollcall:error:store-unavailable\"}"));
    other.close();

    assertThat(catchThrowableOfType(RegistryUnavailableException.class, () -> registry.ping("a")))
        .hasMessageContaining("it answered 503")
        .extracting(RegistryUnavailableException::retryAfter)
        .isEqualTo(Optional.of(Duration.ofSeconds(7)));
  }

  @Test
  void aServerThatHangsGetsItsShareOfTheTimeAndIsNotAskedAgain() {
    registry.close();
    registry = registry(Duration.ofHours(1), Duration.ofSeconds(6));

    assertThat(registry.pingAsync("a", Fence.none(), Duration.ofSeconds(4)).join()).isPresent();
    assertThat(registry.ping("a")).isPresent();
    assertThat(one.asked()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404})
  void aServerWhoseBodiesHangOrBreakOffIsNotAskedAgain(int status) {
    FakeRegistry.Script head =
        raw("HTTP/1.1 " + status + " Whatever\r\nContent-Length: 99\r\n\r\n{");
    List<Runnable> calls =
        List.of(
            () -> registry.ping("a"),
            () -> registry.pingAsync("a", Fence.none(), Duration.ofSeconds(10)).join(),
            () -> registry.list(),
            () -> registry.register(REGISTRATION));
    for (Runnable call : calls) {
      for (FakeRegistry.Script broken : List.of(head, thenReset(head))) {
        registry.close();
        registry = registry(Duration.ofHours(1), Duration.ofMillis(600));
        one.then(broken);
        assertThat(catchThrowable(call::run)).isNotNull();
        int asked = one.asked().size();

        call.run();
        assertThat(one.asked()).hasSize(asked);
      }
    }
  }

  @Test
  void aServerThatHadOnlyTheRestOfTheTimeIsAskedAgain() {
    FakeRegistry.Script head = raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{");
    try (FakeRegistry late = FakeRegistry.hung().then(head).then(WELL);
        HttpServiceRegistry both =
            HttpServiceRegistry.builder(one.url() + "," + late.url())
                .timeout(Duration.ofSeconds(1))
                .build()) {
      assertThat(catchThrowable(both::list)).isNotNull();
      assertThat(both.ping("a")).isPresent();

      assertThat(targets(one)).containsExactly("GET /services");
      assertThat(targets(late)).containsExactly("GET /services", "PUT /services/a/$ping");
    }
  }

  @Test
  void aStreamThatBreaksOffBeforeItBeginsGoesToTheOther() {
    one.then(thenReset(raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")));

    try (WatchProbe probe = WatchProbe.open(registry, Query.all(), Duration.ofSeconds(15))) {
      assertThat(probe.awaitIds().version()).isEqualTo("v");
    }
  }

  @Test
  void aCallThatIsCancelledSaysNothingOfItsServer() throws Exception {
    one.then(raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"));
    WatchProbe probe = WatchProbe.open(registry, Query.all());
    Eventually.await("it is asked", Duration.ofSeconds(20), () -> one.asked().size() == 1);
    probe.close();
    one.then(WELL);

    assertThat(registry.ping("a")).isPresent();
    assertThat(other.asked()).isEmpty();
  }

  /** The hung server may carry it out later, and would supersede the lease that the other gave. */
  @Test
  void aRegistrationThatMayHaveArrivedIsSentToNoOtherBeforeItsCallerKnows() {
    registry.close();
    registry = registry(Duration.ofHours(1), Duration.ofSeconds(2));

    assertThat(catchThrowable(() -> registry.register(REGISTRATION)))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("no answer within PT2S");
    assertThat(other.asked()).isEmpty();
    assertThat(registry.register(REGISTRATION).id()).isEqualTo("a");
    assertThat(one.asked()).hasSize(1);
    assertThat(other.asked()).hasSize(1);
  }

  @Test
  void soItIsWhereAServerBreaksOffOrItsStoreIsUnavailable() {
    for (FakeRegistry.Script failure :
        List.of(
            thenReset(raw("")),
            answer(503, "", "{\"type\":\"urn:rollcall:error:store-unavailable\"}"))) {
      one.then(failure);
      try (HttpServiceRegistry client = registry(Duration.ofHours(1))) {
        int before = other.asked().size();
        assertThat(catchThrowable(() -> client.register(REGISTRATION)))
            .isInstanceOf(RegistryUnavailableException.class);
        assertThat(other.asked()).hasSize(before);
        assertThat(client.register(REGISTRATION).id()).isEqualTo("a");
      }
    }
  }

  @Test
  void whereAllAreDownACallAsksEachOnceAndNamesAll() {
    other.close();
    one.then(thenReset(raw("")));

    assertThat(catchThrowable(() -> registry.ping("a")))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageStartingWith(
            "ping 'a' at %s/one, %s: not delivered to %s/one (", one.url(), other.url(), one.url())
        .hasMessageContaining(other.url() + " (Failed to connect");
    assertThat(one.asked()).hasSize(1);
  }

  @Test
  void theFirstIsAskedAgainOnceAProbeFindsItWell() {
    registry.close();
    registry = registry(Duration.ofMillis(20));
    one.then(answer(502, "", ""));
    registry.ping("a");
    Eventually.await(
        "several probes that find it not well",
        Duration.ofSeconds(20),
        () -> {
          registry.ping("a");
          return one.asked().stream().filter(FailoverTest::isProbe).count() >= 3;
        });
    assertThat(targets(one)).hasSize(1);

    one.then(WELL);
    Eventually.await(
        "calls go to the first again",
        Duration.ofSeconds(20),
        () -> {
          registry.ping("a");
          return targets(one).size() > 1;
        });
    int before = other.asked().size();
    int probes = one.asked().size() - targets(one).size();
    for (int i = 0; i < 20; i++) {
      registry.ping("a");
    }
    assertThat(other.asked()).hasSize(before);
    assertThat(one.asked().size() - targets(one).size()).isEqualTo(probes);
  }

  @Test
  void aServerThatAnswersProbesAloneIsCalledAgainLessAndLessOften() {
    registry.close();
    ManualClock clock = new ManualClock();
    registry = registry(Failover.PROBE_INTERVAL, Duration.ofSeconds(10), clock);
    one.then(byRequest(asked -> isProbe(asked) ? UNKNOWN : answer(502, "", "")));
    for (int seconds = 0; seconds < 1_200; seconds += 5) {
      registry.ping("a");
      clock.advance(Duration.ofSeconds(5));
    }
    Eventually.await(
        "a call at the first after some probes",
        Duration.ofSeconds(20),
        () -> {
          registry.ping("a");
          clock.advance(Duration.ofSeconds(1));
          return targets(one).size() >= 3;
        });

    // After 5, 10, 20, 40, 80 and each 160 s at the earliest.
    assertThat(targets(one)).hasSizeLessThanOrEqualTo(12);
  }

  @Test
  void whatIsNotARegistryIsNotWell() {
    registry.close();
    registry = registry(Duration.ofMillis(20));
    one.then(answer(502, "", "")).then(answer(404, "", "default backend"));
    Eventually.await(
        "several probes",
        Duration.ofSeconds(20),
        () -> {
          assertThat(registry.ping("a")).isPresent();
          return one.asked().size() >= 4;
        });
    assertThat(targets(one)).hasSize(1);
  }

  @Test
  void theUrlToPingMayBeThatOfAnyServer() {
    one.then(thenReset(raw("")));
    String there = "\"ping_url\":\"" + other.url() + "/services/a/$ping?lease=L\",";
    other.then(well(there));
    assertThat(registry.ping("a")).isPresent();
    registry.register(REGISTRATION);
    registry.ping("a");
    assertThat(registry.combinesPings()).isTrue();
    assertThat(targets(other)).last().isEqualTo("PUT /services/a/$ping");

    other.then(well("\"ping_url\":\"" + other.url() + "/services/a/there\","));
    registry.register(REGISTRATION);
    registry.ping("a");
    assertThat(targets(other)).last().isEqualTo("PUT /services/a/there");
  }

  @Test
  void aWatchWhoseStreamIsSilentGoesOnAtTheOther() {
    registry.close();
    HttpServiceRegistry.Builder builder =
        HttpServiceRegistry.builder(one.url() + "," + other.url());
    builder.transport.streamSilence = Duration.ofSeconds(3);
    builder.transport.probeInterval = Duration.ofHours(1);
    registry = builder.build();
    one.then(raw(stream("e.1.v")));
    other.then(raw(stream("f.1.v")));
    WatchProbe probe = WatchProbe.open(registry, Query.all());

    Eventually.await(
        "the other is asked for a stream",
        Duration.ofSeconds(20),
        () -> targets(other).contains("GET /services"));
    assertThat(other.asked().get(0).headers()).containsEntry("last-event-id", "e.1.v");
    assertThat(probe.changes()).isEmpty();
  }

  private static boolean isForStream(FakeRegistry.Asked asked) {
    return asked.headers().get("accept") != null;
  }

  @Test
  void aStreamForWhichTheFirstHasNoPlaceIsOpenedAtTheOtherAndCallsStay() {
    one.then(byRequest(asked -> isForStream(asked) ? BUSY : WELL));

    try (WatchProbe probe = WatchProbe.open(registry, Query.all(), Duration.ofSeconds(15))) {
      assertThat(probe.awaitIds().version()).isEqualTo("v");
      assertThat(registry.ping("a")).isPresent();
    }
    assertThat(targets(one)).containsExactly("GET /one/services", "PUT /one/services/a/$ping");
    assertThat(targets(other)).containsExactly("GET /services");
  }

  @Test
  void whereNoServerHasAPlaceForTheStreamTheFirstIsPolled() {
    one.then(byRequest(asked -> isForStream(asked) ? BUSY : WELL));

    try (FakeRegistry full = FakeRegistry.hung().then(BUSY);
        HttpServiceRegistry both = HttpServiceRegistry.connect(one.url() + "," + full.url())) {
      try (WatchProbe probe = WatchProbe.open(both, Query.all(), Duration.ofSeconds(15))) {
        assertThat(probe.awaitIds().staleSince()).isEmpty();
      }
      assertThat(targets(one)).containsOnly("GET /services");
      assertThat(one.asked()).filteredOn(asked -> !isForStream(asked)).hasSize(1);
      assertThat(targets(full)).containsOnly("GET /services");
      assertThat(full.asked()).allMatch(FailoverTest::isForStream);
    }
  }

  @Test
  void soItIsWhereTheOtherIsDownOrTheFirst() {
    other.close();
    one.then(byRequest(asked -> isForStream(asked) ? BUSY : WELL));
    try (WatchProbe probe = WatchProbe.open(registry, Query.all(), Duration.ofSeconds(15))) {
      assertThat(probe.awaitIds().staleSince()).isEmpty();
    }

    try (HttpServiceRegistry reversed =
            HttpServiceRegistry.connect(other.url() + "," + one.url() + "/one");
        WatchProbe probe = WatchProbe.open(reversed, Query.all(), Duration.ofSeconds(15))) {
      assertThat(probe.awaitIds().staleSince()).isEmpty();
    }
  }

  /** Returns a stream that begins with no services, after which nothing comes. */
  private static String stream(String id) {
    return """
        HTTP/1.1 200 OK\r
        Content-Type: text/event-stream\r
        \r
        id: %s
        event: snapshot
        data: {"count":0,"services":[]}

        id: %s
        event: sync
        data: {"fresh":true}

        """
        .formatted(id, id);
  }

  @Test
  void aRegistrarTakesTheUrlsAsOne() {
    String urls = one.url() + "/services/$register," + other.url() + "/services/$register";
    one.close();
    try (Registrar registrar =
        Registrar.builder().orchestratorUrl(urls).id("a").url("http://h").build()) {
      registrar.start();

      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    }
    assertThat(targets(other)).containsExactly("POST /services/$register", "DELETE /services/a");
  }

  @Test
  void theUrlsAreChecked() {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "http://a:1,http://a:1/services/$register",
                "there twice",
                "http://a:1,b:2",
                "absolute",
                "http://a,b",
                "each of several urls starts with http",
                "http://a,ftp://b",
                "each of several urls starts with http",
                "http://a,http://b?c",
                "no query",
                "http://a" + ",http://b".repeat(1) + manyUrls(8),
                "1 to 8 urls")
            .entrySet()) {
      assertThatIllegalArgumentException()
          .as(wrong.getKey())
          .isThrownBy(() -> HttpServiceRegistry.builder(wrong.getKey()))
          .withMessageContaining(wrong.getValue());
    }
    assertThat(
            HttpServiceRegistry.connect("http://a:1/services/$register , https://b/x,y").toString())
        .isEqualTo("HttpServiceRegistry[http://a:1, https://b/x,y]");
  }

  private static String manyUrls(int count) {
    StringBuilder urls = new StringBuilder();
    for (int i = 0; i < count; i++) {
      urls.append(",http://h").append(i);
    }
    return urls.toString();
  }

  @Test
  void anInterruptEndsACallBeforeTheNextServerIsAsked() {
    Thread caller = Thread.currentThread();
    one.then(
        socket -> {
          caller.interrupt();
          thenReset(raw("")).play(socket);
        });

    Throwable failure = catchThrowable(() -> registry.ping("a"));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure).isInstanceOf(RegistryUnavailableException.class);
    assertThat(other.asked()).isEmpty();
  }

  @Test
  void aCloseEndsACallBeforeTheNextServerIsAsked() throws Exception {
    CompletableFuture<Optional<Lease>> ping =
        registry.pingAsync("a", Fence.none(), Duration.ofSeconds(10));
    Eventually.await("it is asked", Duration.ofSeconds(20), () -> one.asked().size() == 1);
    registry.close();

    assertThat(catchThrowable(() -> ping.get(20, TimeUnit.SECONDS)))
        .hasMessageContaining("closed during the call");
    assertThat(other.asked()).isEmpty();
  }
}
