package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rollcall.Lease;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** POST /services/$register, as the wire shows it. */
class RegisterEndpointTest {
  private static final String ULID = "[0-9A-HJKMNP-TV-Z]{26}";

  private final ServedRegistry served = new ServedRegistry();
  private final Wire wire = served.wire();

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void aRegistrationIsAnsweredWithEveryFieldOfTheProtocol() {
    Answer answer =
        wire.register(
            """
            { "id": "my-service", "url": "http://my-service:8000",
              "info": { "id": "other", "display_name": "My Service" }, "ttl_seconds": 45 }
            """);

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.header("Location")).isEqualTo("http://localhost:9000/services/my-service");
    JsonNode json = answer.json();
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "id",
            "name",
            "status",
            "service_url",
            "message",
            "ttl_seconds",
            "lease_id",
            "ping_url");
    assertThat(json.path("id").textValue()).isEqualTo("my-service");
    assertThat(json.path("status").textValue()).isEqualTo("registered");
    assertThat(json.path("service_url").textValue()).isEqualTo("http://my-service:8000");
    assertThat(json.path("message").textValue())
        .isEqualTo("Service My Service registered successfully");
    assertThat(json.path("ttl_seconds").isInt()).isTrue();
    assertThat(json.path("ttl_seconds").intValue()).isEqualTo(45);
    String leaseId = json.path("lease_id").textValue();
    assertThat(leaseId).matches(ULID);
    assertThat(json.path("ping_url").textValue())
        .isEqualTo("http://localhost:9000/services/my-service/$ping?lease=" + leaseId);
  }

  private static String update(String id, String lease) {
    return "{\"id\":\"%s\",\"url\":\"http://new\",\"info\":{},\"lease_id\":%s}"
        .formatted(id, lease);
  }

  @Test
  void aRegistrationWithTheLeaseThatTheServiceHasKeepsIt() {
    String lease = wire.registered("a");

    Answer answer = wire.register(update("a", '"' + lease + '"'));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.json().path("lease_id").textValue()).isEqualTo(lease);
    assertThat(answer.json().path("ping_url").textValue()).endsWith("?lease=" + lease);
    assertThat(wire.get("/services/a").json().path("url").textValue()).isEqualTo("http://new");
    assertThat(wire.put("/services/a/$ping?lease=" + lease).status()).isEqualTo(200);
  }

  @Test
  void aRegistrationWithASupersededLeaseIs409AndOneOfAServiceThatIsGone404() {
    String old = wire.registered("a");
    String current = wire.registered("a");

    assertProblem(wire.register(update("a", '"' + old + '"')), 409, "superseded");
    assertThat(wire.get("/services/a").json().path("url").textValue()).isNotEqualTo("http://new");
    wire.delete("/services/a");
    assertProblem(wire.register(update("a", '"' + current + '"')), 404, "not-found");
    assertThat(wire.get("/services/a").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "7", "{}", "true"})
  void aLeaseIdThatCannotBeOneIsNamed(String lease) {
    wire.registered("a");

    Answer answer = wire.register(update("a", lease));

    assertProblem(answer, 422, "invalid");
    assertThat(answer.json().at("/errors/0/pointer").textValue()).isEqualTo("/lease_id");
  }

  @Test
  void aLeaseIdWithoutAnIdIsRefusedAndNullIsNone() {
    Answer answer = wire.register("{\"url\":\"http://h\",\"info\":{},\"lease_id\":\"x\"}");

    assertProblem(answer, 422, "invalid");
    assertThat(answer.json().at("/errors/0/pointer").textValue()).isEqualTo("/id");
    assertThat(wire.register(update("a", "null")).status()).isEqualTo(201);
  }

  @Test
  void thePingUrlAndTheLocationOfAnAnswerWork() {
    Answer answer = wire.register("{\"url\":\"http://h\",\"info\":{}}");

    String root = "http://localhost:9000";
    String pingPath = answer.json().path("ping_url").textValue().substring(root.length());
    assertThat(wire.put(pingPath).status()).isEqualTo(200);
    assertThat(wire.get(answer.header("Location").substring(root.length())).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"id\":\"\"}", "{\"id\":null}", "{\"id\":7}", "{\"id\":{}}"})
  void withoutAnyIdItGetsAUlidOfItsOwn(String info) {
    String body = "{\"url\":\"http://h\",\"info\":" + info + "}";

    String first = wire.register(body).json().path("id").textValue();
    String second = wire.register(body).json().path("id").textValue();

    assertThat(first).matches(ULID).isNotEqualTo(second);
    assertThat(second).matches(ULID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"id\":null,"})
  void withoutAnIdOfItsOwnTheIdInInfoCounts(String id) {
    Answer answer = wire.register("{" + id + "\"url\":\"http://h\",\"info\":{\"id\":\"chap\"}}");

    assertThat(answer.json().path("id").textValue()).isEqualTo("chap");
    assertThat(wire.get("/services/chap").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"name\":\"by-hand\", | \"name\":\"by-info\" | by-hand",
        "\"name\":null, | \"name\":\"by-info\" | by-info",
        "'' | \"name\":\"by-info\" | by-info",
        "'' | \"name\":\"no name\" | a",
        "'' | \"name\":7 | a",
        "'' | '' | a",
      })
  void theNameIsTheOneThatWasGivenElseThatOfTheInfoElseTheId(
      String name, String inInfo, String expected) {
    Answer answer =
        wire.register("{\"id\":\"a\"," + name + "\"url\":\"http://h\",\"info\":{" + inInfo + "}}");

    assertThat(answer.json().path("name").textValue()).isEqualTo(expected);
    assertThat(wire.get("/services/a").json().path("name").textValue()).isEqualTo(expected);
    assertThat(wire.delete("/services/a").json().path("service").path("name").textValue())
        .isEqualTo(expected);
  }

  @Test
  void withoutADisplayNameTheMessageNamesTheId() {
    for (String info : new String[] {"{}", "{\"display_name\":\" \"}", "{\"display_name\":1}"}) {
      assertThat(
              wire.register("{\"id\":\"a\",\"url\":\"http://h\",\"info\":" + info + "}")
                  .json()
                  .path("message")
                  .textValue())
          .isEqualTo("Service a registered successfully");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "86400, 86400",
    "30.0, 30",
    "1.5, 1.5",
    "3e1, 30",
    "0.1e2, 10",
    "29.999, 29.999",
    "null, 30"
  })
  void aTtlWithinTheBoundsIsTakenAndTold(String asked, String told) {
    Answer answer =
        wire.register("{\"url\":\"http://h\",\"info\":{},\"ttl_seconds\":" + asked + "}");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text()).contains("\"ttl_seconds\":" + told + ",");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-30",
        "0.999",
        "86400.001",
        "86401",
        "1.0001",
        "1e999999999",
        "-1e999999999",
        "1e-999999999",
        "9223372036854775808",
        "1e2147483647"
      })
  void aTtlOutOfBoundsIsRefused(String ttl) {
    Answer answer = wire.register("{\"url\":\"http://h\",\"info\":{},\"ttl_seconds\":" + ttl + "}");

    assertProblem(answer, 422, "invalid").pointingAt("/ttl_seconds").saying("1 to 86400 seconds");
    assertThat(served.registry().list()).isEmpty();
  }

  @Test
  void registeringAgainReplacesAllButTheTimeOfRegistration() {
    wire.register("{\"id\":\"a\",\"url\":\"http://old\",\"info\":{\"v\":1}}");
    served.clock().advance(Duration.ofSeconds(5));
    wire.register("{\"id\":\"a\",\"url\":\"http://new\",\"info\":{\"v\":2},\"ttl_seconds\":60}");

    JsonNode service = wire.get("/services/a").json();
    assertThat(service.path("url").textValue()).isEqualTo("http://new");
    assertThat(service.path("info").path("v").intValue()).isEqualTo(2);
    assertThat(service.path("registered_at").textValue()).isEqualTo("2026-11-23T18:01:32.977Z");
    assertThat(service.path("last_updated").textValue()).isEqualTo("2026-11-23T18:01:37.977Z");
    assertThat(service.path("expires_at").textValue()).isEqualTo("2026-11-23T18:02:37.977Z");
  }

  @Test
  void eachRegistrationGetsALeaseIdOfItsOwn() {
    assertThat(wire.registered("a")).isNotEqualTo(wire.registered("a"));
  }

  @Test
  void aRegistryWithoutLeaseIdsGetsNoneInItsAnswer() {
    var registry = new ScriptedRegistry();
    registry.onRegister(() -> Lease.of("a", Duration.ofSeconds(30), Instant.EPOCH));
    try (var server = RegistryHttpServer.builder(registry).start()) {
      JsonNode json =
          new Wire(server.address()).register("{\"url\":\"http://h\",\"info\":{}}").json();

      assertThat(json.has("lease_id")).isFalse();
      assertThat(json.path("ping_url").textValue()).endsWith("/services/a/$ping");
    }
  }

  @Test
  void unknownFieldsAreIgnored() {
    Answer answer = wire.register("{\"url\":\"http://h\",\"info\":{},\"x\":{\"y\":[1]},\"\":0}");

    assertThat(answer.status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "APPLICATION/JSON ; charset=UTF-8",
        "application/vnd.x+json",
        "application/problem+json"
      })
  void jsonIsTakenUnderAnyOfItsNames(String contentType) {
    String body = "{\"url\":\"http://h\",\"info\":{}}";

    assertThat(wire.register(body, "Content-Type: " + contentType).status()).isEqualTo(201);
  }
}
