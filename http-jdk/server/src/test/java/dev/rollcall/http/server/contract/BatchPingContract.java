package dev.rollcall.http.server.contract;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rollcall.Service;
import dev.rollcall.http.server.ServiceKeys;
import dev.rollcall.http.server.harness.ProblemAssert;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.TestServer;
import dev.rollcall.http.server.harness.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several pings in one request: each has an outcome of its own. */
@SuppressWarnings("this-escape") // A subclass only says how it serves.
public abstract class BatchPingContract extends EndpointsContract {
  private static final String JSON = "Content-Type: application/json";

  private final TestServer served = serve(endpoints -> endpoints);
  private final Wire wire = served.wire();

  @AfterEach
  void close() {
    served.close();
  }

  private Answer ping(String body) {
    return wire.send("PUT", "/services/$ping", body.getBytes(UTF_8), JSON);
  }

  private static String lease(String id) {
    return "{\"id\":\"" + id + "\"}";
  }

  private static String lease(String id, String leaseId) {
    return "{\"id\":\"" + id + "\",\"lease_id\":\"" + leaseId + "\"}";
  }

  private static String batch(String... leases) {
    return "{\"leases\":[" + String.join(",", leases) + "]}";
  }

  private static List<JsonNode> outcomes(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    List<JsonNode> outcomes = new ArrayList<>();
    answer.json().path("outcomes").forEach(outcomes::add);
    return outcomes;
  }

  private static List<Integer> statuses(Answer answer) {
    return outcomes(answer).stream().map(outcome -> outcome.path("status").intValue()).toList();
  }

  @Test
  void eachPingHasAnOutcomeOfItsOwnInTheOrderOfTheRequest() {
    String old = wire.registered("moved");
    String moved = wire.registered("moved");
    String held = wire.registered("held");

    List<JsonNode> outcomes =
        outcomes(
            ping(
                batch(
                    lease("held", held),
                    lease("nobody", held),
                    lease("moved", old),
                    lease("moved", moved),
                    lease("held"))));

    assertThat(outcomes)
        .extracting(outcome -> outcome.path("id").textValue())
        .containsExactly("held", "nobody", "moved", "moved", "held");
    assertThat(outcomes)
        .extracting(outcome -> outcome.path("status").intValue())
        .containsExactly(200, 404, 409, 200, 200);
    assertThat(outcomes.get(1).path("type").textValue()).isEqualTo("urn:rollcall:error:not-found");
    assertThat(outcomes.get(1).path("detail").textValue()).contains("'nobody'");
    assertThat(outcomes.get(2).path("type").textValue()).isEqualTo("urn:rollcall:error:superseded");
    assertThat(outcomes.get(2).path("detail").textValue()).contains("'moved'");
  }

  @Test
  void aPingOfABatchSaysWhatAPingAloneSays() {
    wire.registered("a");

    JsonNode outcome = outcomes(ping(batch(lease("a")))).get(0);
    Service service = served.registry().find("a").orElseThrow();

    assertThat(outcome.path("last_ping_at").textValue()).isEqualTo(service.lastPingAt().toString());
    assertThat(Instant.parse(outcome.path("expires_at").textValue()))
        .isEqualTo(service.lastPingAt().plus(service.ttl()));
    assertThat(outcome).hasSize(4);
  }

  @Test
  void aThousandPingsAreTaken() {
    wire.registered("s0");
    String[] leases =
        IntStream.range(0, 1_000)
            .mapToObj(i -> lease("s" + i, "x".repeat(26)))
            .toArray(String[]::new);
    leases[0] = lease("s0");

    assertThat(statuses(ping(batch(leases))))
        .hasSize(1_000)
        .startsWith(200, 404)
        .containsOnlyOnce(200);
  }

  @Test
  void oneMoreIsRefusedAndNothingIsPinged() {
    wire.registered("s0");
    Instant before = served.registry().find("s0").orElseThrow().lastPingAt();
    String leases =
        IntStream.range(0, 1_001).mapToObj(i -> lease("s" + i)).collect(Collectors.joining(","));

    assertInvalid("{\"leases\":[" + leases + "]}").pointingAt("/leases").saying("1,000");
    assertThat(served.registry().find("s0").orElseThrow().lastPingAt()).isEqualTo(before);
  }

  private ProblemAssert assertInvalid(String body) {
    return assertProblem(ping(body), 422, "invalid-batch").at("/services/$ping");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "[{}]", "1", "1e999999999", "\"text\"", "true"})
  void aBatchIsAnObject(String body) {
    assertInvalid(body).pointingAt("").saying("The body must be an object");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | is required",
        "{\"leases\":null} | is required",
        "{\"leases\":{}} | must be an array",
        "{\"leases\":\"a\"} | must be an array",
        "{\"leases\":[]} | at least one"
      })
  void itHasAtLeastOneLease(String body, String detail) {
    assertInvalid(body).pointingAt("/leases").saying(detail);
  }

  @Test
  void allFaultsAreToldAtOnceAndNothingIsPinged() {
    wire.registered("a");
    Instant before = served.registry().find("a").orElseThrow().lastPingAt();

    assertInvalid(
            batch(
                lease("a"),
                "7",
                "{}",
                "{\"id\":null}",
                "{\"id\":7,\"lease_id\":[1]}",
                lease("../a"),
                lease(""),
                lease("b".repeat(129)),
                "{\"id\":\"a\",\"lease_id\":{\"x\":{}}}"))
        .pointingAt(
            "/leases/1",
            "/leases/2/id",
            "/leases/3/id",
            "/leases/4/id",
            "/leases/4/lease_id",
            "/leases/5/id",
            "/leases/6/id",
            "/leases/7/id",
            "/leases/8/lease_id")
        .saying("9 errors");
    assertThat(served.registry().find("a").orElseThrow().lastPingAt()).isEqualTo(before);
  }

  @Test
  void ofManyFaultsTheFirstTwentyAreTold() {
    String leases = IntStream.range(0, 500).mapToObj(i -> "1").collect(Collectors.joining(","));

    assertInvalid("{\"leases\":[" + leases + "]}")
        .pointingAt(IntStream.range(0, 20).mapToObj(i -> "/leases/" + i).toArray(String[]::new));
  }

  @Test
  void anIdOrALeaseIdThatIsFarTooLongIsToldSo() {
    String long1 = "x".repeat(200_000);

    assertInvalid(batch(lease("a"), lease(long1)))
        .pointingAt("/leases/1/id")
        .saying("longer than 1,000");
    assertInvalid(batch(lease("a", long1)))
        .pointingAt("/leases/0/lease_id")
        .saying("longer than 1,000");
  }

  @Test
  void whatIsNotKnownIsIgnored() {
    wire.registered("a");

    assertThat(
            statuses(
                ping(
                    "{\"x\":{\"y\":[1,{\"z\":null}]},\"leases\":[{\"more\":[[]],\"id\":\"a\","
                        + "\"lease_id\":null,\"text\":\""
                        + "x".repeat(5_000)
                        + "\"}],\"last\":1.5}")))
        .containsExactly(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"leases\":[{\"id\":\"a\"}",
        "{\"leases\":[{\"id\":\"a\"}]}}",
        "{\"leases\":[{\"id\":\"a\",\"id\":\"a\"}]}",
        "{\"leases\":[],\"leases\":[]}",
        "{\"leases\":[}",
        "{\"leases\":[{\"id\":\"a]}",
        "leases"
      })
  void whatIsNotJsonIsMalformed(String body) {
    wire.registered("a");
    Instant before = served.registry().find("a").orElseThrow().lastPingAt();

    assertProblem(ping(body), 400, "malformed").at("/services/$ping");
    assertThat(served.registry().find("a").orElseThrow().lastPingAt()).isEqualTo(before);
  }

  @Test
  void jsonThatIsNestedTooDeepIsMalformed() {
    assertProblem(
        ping("{\"x\":" + "[".repeat(1_000) + "]".repeat(1_000) + ",\"leases\":[]}"),
        400,
        "malformed");
  }

  @Test
  void aBatchIsSentAsJson() {
    byte[] body = batch(lease("a")).getBytes(UTF_8);

    assertProblem(wire.send("PUT", "/services/$ping", body), 415, "unsupported-media-type");
    assertProblem(
        wire.send("PUT", "/services/$ping", body, "Content-Type: text/plain"),
        415,
        "unsupported-media-type");
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() {
    assertProblem(ping("{\"x\":\"" + "x".repeat(1 << 20) + "\"}"), 413, "too-large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/services/$ping", "/services/%24ping", "/services/$ping/"})
  void thePathMayBeEscapedAndMayEndWithASlash(String path) {
    wire.registered("a");

    assertThat(statuses(wire.send("PUT", path, batch(lease("a")).getBytes(UTF_8), JSON)))
        .containsExactly(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "DELETE", "PATCH"})
  void noOtherMethodIsPossibleThere(String method) {
    Answer answer = wire.send(method, "/services/$ping");

    assertProblem(answer, 405, "method-not-allowed");
    assertThat(answer.header("Allow")).isEqualTo("PUT");
  }

  @Test
  void itNeedsTheKeyThatAPingNeeds() {
    byte[] body = batch(lease("a")).getBytes(UTF_8);
    try (TestServer keyed =
        serve(endpoints -> endpoints.serviceKeys(ServiceKeys.of(List.of("a-key-of-the-test"))))) {
      assertProblem(keyed.wire().send("PUT", "/services/$ping", body, JSON), 401, "unauthorized");
      assertThat(
              statuses(
                  keyed
                      .wire()
                      .send(
                          "PUT",
                          "/services/$ping",
                          body,
                          JSON,
                          "X-Service-Key: a-key-of-the-test")))
          .containsExactly(404);
    }
  }

  @Test
  void itIsRefusedFromPagesOfOtherOriginsAndForOtherHosts() {
    byte[] body = batch(lease("a")).getBytes(UTF_8);

    assertProblem(
        wire.send("PUT", "/services/$ping", body, JSON, "Origin: http://evil.example"),
        403,
        "origin-not-allowed");
    try (TestServer named = serve(endpoints -> endpoints.allowedHost("registry.example"))) {
      assertProblem(
          named.wire().send("PUT", "/services/$ping", body, JSON, "Host: evil.example"),
          403,
          "host-not-allowed");
    }
  }
}
