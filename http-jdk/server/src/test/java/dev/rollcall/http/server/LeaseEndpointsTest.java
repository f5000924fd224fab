package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PUT /services/{id}/$ping and DELETE /services/{id}, as the wire shows them. */
class LeaseEndpointsTest {
  private final ServedRegistry served = new ServedRegistry();
  private final Wire wire = served.wire();

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void aPingIsAnsweredWithTheRenewedLease() {
    String lease = wire.registered("a");
    served.clock().advance(Duration.ofMillis(10_001));

    for (String query : new String[] {"", "?lease=" + lease, "?x=1&lease=" + lease + "&y"}) {
      Answer answer = wire.put("/services/a/$ping" + query);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type")).isEqualTo("application/json");
      assertThat(answer.text())
          .isEqualTo(
              "{\"id\":\"a\",\"status\":\"alive\","
                  + "\"last_ping_at\":\"2026-11-23T18:01:42.978Z\","
                  + "\"expires_at\":\"2026-11-23T18:02:12.978Z\"}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "{broken", "\u0000\u00ff", "x"})
  void theBodyOfAPingIsIgnored(String body) {
    wire.registered("a");
    byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);

    assertThat(wire.send("PUT", "/services/a/$ping", bytes).status()).isEqualTo(200);
    assertThat(wire.send("PUT", "/services/a/$ping", bytes, "Content-Type: text/x").status())
        .isEqualTo(200);
  }

  @Test
  void evenALargeBodyOfAPingIsIgnored() {
    wire.registered("a");

    assertThat(wire.send("PUT", "/services/a/$ping", new byte[1_000_000]).status()).isEqualTo(200);
  }

  @Test
  void aSupersededLeaseNeitherPingsNorDeregisters() {
    String old = wire.registered("a");
    String current = wire.registered("a");
    String before = wire.get("/services/a").text();
    served.clock().advance(Duration.ofSeconds(1));

    assertProblem(wire.put("/services/a/$ping?lease=" + old), 409, "superseded")
        .at("/services/a/$ping")
        .saying("'a'");
    assertProblem(wire.delete("/services/a?lease=" + old), 409, "superseded").at("/services/a");
    assertThat(wire.get("/services/a").text()).isEqualTo(before);
    assertThat(wire.put("/services/a/$ping?lease=" + current).status()).isEqualTo(200);
    assertThat(wire.delete("/services/a?lease=" + current).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lease=", "lease=%00", "lease=%0d%0aX:y", "lease=a+b", "lease=%C0%80"})
  void aLeaseThatIsNoneIsSuperseded(String query) {
    wire.registered("a");

    assertProblem(wire.put("/services/a/$ping?" + query), 409, "superseded");
    assertProblem(wire.delete("/services/a?" + query), 409, "superseded");
    assertThat(wire.get("/services/a").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"?", "?Lease=x", "?xlease=x", "?lease", "?%6cease=x"})
  void aQueryWithoutALeaseIsIgnored(String query) {
    wire.registered("a");

    assertThat(wire.put("/services/a/$ping" + query).status()).isEqualTo(200);
  }

  @Test
  void deregisteringAnswersTheServiceAsItWas() {
    wire.registered("a");
    String detail = wire.get("/services/a").text();

    Answer answer = wire.delete("/services/a");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.text()).isEqualTo("{\"status\":\"deregistered\",\"service\":" + detail + "}");
  }

  @Test
  void aServiceThatIsGoneIsNotFoundByAnyCall() {
    String lease = wire.registered("gone");
    wire.delete("/services/gone");
    wire.registered("expired");
    served.clock().advance(Duration.ofSeconds(30));

    for (String id : new String[] {"gone", "expired", "never"}) {
      String path = "/services/" + id;
      String detail = "No live service has the id '" + id + "'";
      assertProblem(wire.get(path), 404, "not-found").at(path).saying(detail);
      assertProblem(wire.delete(path), 404, "not-found").at(path).saying(detail);
      assertProblem(wire.delete(path + "?lease=" + lease), 404, "not-found").at(path);
      assertProblem(wire.put(path + "/$ping"), 404, "not-found").at(path + "/$ping").saying(detail);
      assertProblem(wire.put(path + "/$ping?lease=" + lease), 404, "not-found").at(path + "/$ping");
    }
    assertThat(served.registry().list()).isEmpty();
  }

  @Test
  void aPingWithTheDollarEncodedIsTheSamePath() {
    wire.registered("a");

    assertThat(wire.put("/services/a/%24ping").status()).isEqualTo(200);
    assertThat(wire.put("/services/%61/$%70ing").status()).isEqualTo(200);
  }

  @Test
  void aRegistrationWithTheDollarEncodedIsTheSamePath() {
    byte[] body =
        "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}".getBytes(StandardCharsets.UTF_8);

    JsonNode json = wire.send("POST", "/services/%24register", body).json();

    assertThat(json.path("ping_url").textValue())
        .startsWith("http://localhost:9000/services/a/$ping?lease=");
  }
}
