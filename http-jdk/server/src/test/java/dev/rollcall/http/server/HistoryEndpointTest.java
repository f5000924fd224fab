package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rollcall.AccessDeniedException;
import dev.rollcall.RegistryException;
import dev.rollcall.RejectedException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.history.EventQuery;
import dev.rollcall.history.History;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happened to services, as the wire shows it. */
class HistoryEndpointTest {
  private final ServedRegistry served = new ServedRegistry();
  private final Wire wire = served.wire();

  @AfterEach
  void close() {
    served.close();
  }

  private List<String> types(String path) {
    JsonNode answer = wire.get(path).json();
    List<String> types = answer.path("events").findValuesAsText("type");
    assertThat(answer.path("count").intValue()).isEqualTo(types.size());
    return types;
  }

  @Test
  void theHistoryOfAnIdTellsAllOfItAlsoWhenItIsGone() {
    String lease = wire.registered("a");
    served.clock().advance(Duration.ofSeconds(25));
    wire.put("/services/a/$ping?lease=" + lease);
    served.clock().advance(Duration.ofSeconds(31));
    String second = wire.registered("a");
    wire.delete("/services/a?lease=" + second);

    assertThat(wire.get("/services/a/$history").text())
        .isEqualTo(
            """
            {"id":"a","name":"a","count":4,"events":[\
            {"id":"a","name":"a","type":"deregistered","at":"2026-11-23T18:02:28.977Z",\
            "lease_id":"%2$s","by":"lease","client":"127.0.0.1"},\
            {"id":"a","name":"a","type":"registered","at":"2026-11-23T18:02:28.977Z","again":true,\
            "lease_id":"%2$s","url":"http://h:1"},\
            {"id":"a","name":"a","type":"expired","at":"2026-11-23T18:02:27.977Z",\
            "lease_id":"%1$s","last_ping_at":"2026-11-23T18:01:57.977Z","lateness_seconds":5},\
            {"id":"a","name":"a","type":"registered","at":"2026-11-23T18:01:32.977Z",\
            "lease_id":"%1$s","url":"http://h:1"}]}"""
                .formatted(lease, second));
    assertThat(wire.get("/services/a/%24history/?lease=x").status()).isEqualTo(200);
    assertThat(wire.send("HEAD", "/services/a/$history").status()).isEqualTo(200);
  }

  @Test
  void whoDeregistersByTheIdAloneIsTold() {
    wire.registered("a");
    wire.delete("/services/a");

    JsonNode event = wire.get("/services/a/$history").json().path("events").get(0);
    assertThat(event.path("by").textValue()).isEqualTo("id");
    assertThat(event.path("client").textValue()).isEqualTo("127.0.0.1");
  }

  @Test
  void callsThatAreRefusedAreOneEventAfterTheStartOfTheHolder() {
    String old = wire.registered("a");
    String held = wire.registered("a");
    served.clock().advance(Duration.ofSeconds(1));
    assertProblem(wire.put("/services/a/$ping?lease=" + old), 409, "superseded");
    assertProblem(wire.put("/services/a/$ping?lease=" + old), 409, "superseded");

    assertThat(wire.get("/services/a/$history").text())
        .startsWith(
            """
            {"id":"a","name":"a","count":3,"events":[\
            {"id":"a","name":"a","type":"refused","at":"2026-11-23T18:01:33.977Z",\
            "lease_id":"%s","count":2,"call":"ping"},\
            {"id":"a","name":"a","type":"superseded","at":"2026-11-23T18:01:32.977Z",\
            "lease_id":"%s",\
            """
                .formatted(old, held));

    assertProblem(wire.delete("/services/a?lease=" + old), 409, "superseded");
    JsonNode refused = wire.get("/services/$events?limit=1").json().path("events").get(0);
    assertThat(refused.path("count").intValue()).isEqualTo(3);
    assertThat(refused.path("call").textValue()).isEqualTo("deregister");
    assertThat(refused.path("client").textValue()).isEqualTo("127.0.0.1");
    assertThat(types("/services/$events?since=2026-11-23T18:01:33Z")).containsExactly("refused");
  }

  @Test
  void ofAnIdThatNobodyKnowsOrCanHaveTheAnswerIsNotFound() {
    for (String id : List.of("nope", "$x", "a%20b", "..", "%3Cscript%3E", "x".repeat(2_000))) {
      assertProblem(wire.get("/services/" + id + "/$history"), 404, "not-found")
          .saying("Nothing is known of the id");
    }
  }

  @Test
  void theNewestEventsAreFilteredAsListsAre() {
    wire.register("{\"id\":\"o1\",\"name\":\"orders\",\"url\":\"http://h\",\"info\":{}}");
    served.clock().advance(Duration.ofSeconds(2));
    wire.register("{\"id\":\"b1\",\"name\":\"billing\",\"url\":\"http://h\",\"info\":{}}");
    wire.delete("/services/o1");

    assertThat(types("/services/$events"))
        .containsExactlyInAnyOrder("deregistered", "registered", "registered");
    assertThat(types("/services/%24events/?name=orders&lease=x"))
        .containsExactly("deregistered", "registered");
    assertThat(types("/services/$events?name=orders&name=billing")).hasSize(3);
    assertThat(types("/services/$events?limit=1")).hasSize(1);
    assertThat(types("/services/$events?since=2026-11-23T18:01:34.977Z")).hasSize(2);
    assertThat(types("/services/$events?since=2026-11-23T18:01:34.977000001Z")).isEmpty();
    assertThat(types("/services/$events?since=2026-11-23T19:01:34.977%2B01:00")).hasSize(2);
    assertThat(types("/services/$events?name=none")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          limit=0              | limit: must be a whole number from 1 to 1000
          limit=1001           | limit: must be a whole number from 1 to 1000
          limit=x              | limit: must be a whole number from 1 to 1000
          limit=1&limit=2      | limit: may be given only once
          since=yesterday      | since: must be a time as in RFC 3339
          since=               | since: must be a time as in RFC 3339
          since=2026-11-23T18:01:32Z&since=2026-11-23T18:01:32Z | since: may be given only once
          name=a%20b           | name:
          sort=at              | sort: is not a parameter of the events
          info.zone=x          | info.zone: is not a parameter of the events
          name                 | name: needs a value
          name=%ff             | name: has an escape
          """)
  void aQueryThatIsWrongIsRefusedWithWhatIsWrong(String query, String detail) {
    assertProblem(wire.get("/services/$events?" + query), 422, "invalid-query").saying(detail);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+999999999-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z"})
  void theFarthestTimesAreTimes(String since) {
    Answer answer = wire.get("/services/$events?since=" + since.replace("+", "%2B"));

    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void hostileTextsComeBackAsText() {
    String url = "http://h/<script>alert(1)</script>?q='";
    wire.register("{\"id\":\"a\",\"url\":\"" + url + "\",\"info\":{}}");

    JsonNode event = wire.get("/services/$events").json().path("events").get(0);
    assertThat(event.path("url").textValue()).isEqualTo(url);
  }

  @Test
  void aServerWithoutAHistorySaysSo() {
    try (MemoryTtlStore store = MemoryTtlStore.builder().keepHistory(Duration.ZERO).build();
        RegistryHttpServer server =
            RegistryHttpServer.builder(ServiceRegistry.over(store)).start()) {
      Wire without = new Wire(server.address());
      without.registered("a");

      for (String path : List.of("/services/a/$history", "/services/$events")) {
        assertProblem(without.get(path), 501, "history-unsupported").saying("keeps no history");
      }
    }
  }

  @Test
  void anOutageIsNoEmptyHistory() {
    assertEachFails(new StoreUnavailableException("down", null, null), 503, "store-unavailable");
  }

  /** A client refuses so if the registry that it calls keeps no history. */
  @Test
  void aRelayOfARegistryWithoutAHistorySaysSo() {
    assertEachFails(new RejectedException("501", null), 501, "history-unsupported");
  }

  @Test
  void aRelayWhoseKeyMayNotReadSaysThatItWasRefused() {
    assertEachFails(new AccessDeniedException("401", null), 502, "refused");
  }

  private void assertEachFails(RegistryException failure, int status, String type) {
    History failing =
        new History() {
          @Override
          public List<ServiceEvent> of(String id) {
            throw failure;
          }

          @Override
          public List<ServiceEvent> newest(EventQuery query) {
            throw failure;
          }
        };
    ServiceRegistry registry =
        (ServiceRegistry)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServiceRegistry.class},
                (proxy, method, arguments) -> Optional.of(failing));
    try (RegistryHttpServer server = RegistryHttpServer.builder(registry).start()) {
      Wire down = new Wire(server.address());
      for (String path : List.of("/services/a/$history", "/services/$events")) {
        assertProblem(down.get(path), status, type);
      }
    }
  }
}
