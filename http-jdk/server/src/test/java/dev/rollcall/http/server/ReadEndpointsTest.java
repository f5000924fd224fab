package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GET and HEAD of services and of one service, as the wire shows them. */
class ReadEndpointsTest {
  private final ServedRegistry served = new ServedRegistry();
  private final Wire wire = served.wire();

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void anEmptyRegistryListsNothing() {
    Answer answer = wire.get("/services");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.text()).isEqualTo("{\"count\":0,\"services\":[]}");
  }

  @Test
  void aDetailHasEveryFieldOfTheProtocol() {
    wire.register("{\"id\":\"a\",\"url\":\"http://h/?q\",\"info\":{\"k\":1},\"ttl_seconds\":1.5}");

    assertThat(wire.get("/services/a").text())
        .isEqualTo(
            "{\"id\":\"a\",\"name\":\"a\",\"url\":\"http://h/?q\",\"info\":{\"k\":1},"
                + "\"registered_at\":\"2026-11-23T18:01:32.977Z\","
                + "\"last_updated\":\"2026-11-23T18:01:32.977Z\","
                + "\"last_ping_at\":\"2026-11-23T18:01:32.977Z\","
                + "\"expires_at\":\"2026-11-23T18:01:34.477Z\","
                + "\"ttl_seconds\":1.5}");
  }

  @Test
  void timesAlwaysHaveMilliseconds() {
    served.clock().advance(Duration.ofMillis(23)); // to a whole second
    wire.registered("a");

    assertThat(wire.get("/services/a").json().path("registered_at").textValue())
        .isEqualTo("2026-11-23T18:01:33.000Z");
  }

  @Test
  void aListIsCountedAndInTheOrderOfIds() {
    for (String id : new String[] {"b", "a10", "B", "a", "a9", "0", "a-"}) {
      wire.registered(id);
    }

    JsonNode list = wire.get("/services").json();

    assertThat(list.fieldNames()).toIterable().containsExactly("count", "services");
    assertThat(list.path("count").intValue()).isEqualTo(7);
    assertThat(list.path("services").findValuesAsText("id"))
        .containsExactly("0", "B", "a", "a-", "a10", "a9", "b");
  }

  @Test
  void aListHoldsTheDetailsThatEachServiceHasAlone() {
    wire.registered("a");
    wire.registered("b");

    assertThat(wire.get("/services").text())
        .isEqualTo(
            "{\"count\":2,\"services\":["
                + wire.get("/services/a").text()
                + ","
                + wire.get("/services/b").text()
                + "]}");
  }

  @Test
  void noReadShowsAServiceWhoseLeaseHasEnded() {
    wire.registered("a");
    served.clock().advance(Duration.ofMillis(29_999));
    assertThat(wire.get("/services/a").status()).isEqualTo(200);

    served.clock().advance(Duration.ofMillis(1));

    assertThat(wire.get("/services/a").status()).isEqualTo(404);
    assertThat(wire.get("/services").json().path("count").intValue()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/services", "/services/a", "/health", "/services/none", "/nowhere"})
  void aHeadIsAGetWithoutItsBody(String path) {
    wire.registered("a");

    Answer get = wire.get(path);
    Answer head = wire.send("HEAD", path);

    assertThat(head.status()).isEqualTo(get.status());
    assertThat(headersButDateAndId(head)).isEqualTo(headersButDateAndId(get));
    assertThat(head.text()).isEmpty();
    assertThat(Integer.parseInt(head.header("Content-Length"))).isEqualTo(get.text().length());
  }

  private static Map<String, String> headersButDateAndId(Answer answer) {
    Map<String, String> headers = new TreeMap<>(answer.headers());
    headers.remove("Date");
    headers.remove("X-request-id"); // as the JDK spells it
    return headers;
  }

  @Test
  void aHeadSendsNoBodyThatTheNextAnswerWouldStartWith() throws Exception {
    try (var connection = new RawHttp(served.server().address())) {
      for (int i = 0; i < 3; i++) {
        connection.send("HEAD /services HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(connection.read(true).status()).isEqualTo(200);
        connection.send("GET /services HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(connection.read(false).json().path("count").intValue()).isZero();
      }
    }
  }
}
