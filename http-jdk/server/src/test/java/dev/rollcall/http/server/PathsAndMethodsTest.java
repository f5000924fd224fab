package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is where, by which methods, at the root and under a base path. */
class PathsAndMethodsTest {
  private final ServedRegistry served = new ServedRegistry();
  private final ServedRegistry mounted =
      new ServedRegistry(handler -> handler, server -> server.basePath("/v2"));
  private final Wire wire = served.wire();

  @BeforeEach
  void register() {
    wire.registered("a");
  }

  @AfterEach
  void close() {
    served.close();
    mounted.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST    | /health             | GET, HEAD
          DELETE  | /services           | GET, HEAD
          POST    | /services           | GET, HEAD
          GET     | /services/$register | POST
          HEAD    | /services/$register | POST
          PUT     | /services/%24register | POST
          PUT     | /services/a         | GET, HEAD, DELETE
          PATCH   | /services/a         | GET, HEAD, DELETE
          GET     | /services/a/$ping   | PUT
          POST    | /services/a/%24ping | PUT
          OPTIONS | /services/a/$ping   | PUT
          PUT     | /services/a/$history | GET, HEAD
          DELETE  | /services/%24events | GET, HEAD
          get     | /services           | GET, HEAD
          BREW    | /services/a         | GET, HEAD, DELETE
          """)
  void aMethodThatAPathDoesNotHaveIsToldThoseThatItHas(String method, String path, String allow) {
    Answer answer = wire.send(method, path);

    assertThat(answer.header("Allow")).isEqualTo(allow);
    if (method.equals("HEAD")) {
      assertThat(answer.status()).isEqualTo(405);
    } else {
      assertProblem(answer, 405, "method-not-allowed").at(path).saying(method, allow);
    }
    assertThat(served.registry().list()).hasSize(1);
  }

  @Tag("not-on-jetty")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/services//",
        "/services/a//",
        "/services//$ping",
        "/services//$register",
        "/services/a/b",
        "/services/a/ping",
        "/services/a/$ping//",
        "/services/a/$ping/x",
        "/Services",
        "/servicesx",
        "/health//",
        "/healthy",
        "/v2/services",
        "/%2e/services",
        "/services/../health",
        "/services/%2e%2e/health",
        "/services/%2e%2e/x",
        "/./services",
        "/services;x=y",
        "/services%2Fa",
        "/services/a%2F$ping/b",
        "/favicon.ico",
      })
  void anUnknownPathIsAProblem(String path) {
    assertProblem(wire.get(path), 404, "no-such-path").at(path).saying("'" + path + "'");
  }

  @Tag("not-on-jetty")
  @ParameterizedTest
  @ValueSource(strings = {"/services/..", "/services/.", "/services/%2e%2e", "/services/a%2F$ping"})
  void aDotSegmentOrAnEncodedSlashIsAnIdThatNobodyHas(String path) {
    assertProblem(wire.get(path), 404, "not-found").at(path);
    assertProblem(wire.delete(path), 404, "not-found").at(path);
    assertThat(served.registry().list()).hasSize(1);
  }

  @Test
  void anOperationThatIsNotThereIsAProblemThatNamesThoseThatAre() {
    for (String path : List.of("/services/$pong", "/services/%24pong", "/services/$/")) {
      assertProblem(wire.get(path), 404, "no-such-path").saying("$register", "$ping", "$status");
      assertProblem(wire.put(path), 404, "no-such-path").saying("$register", "$ping", "$status");
      assertProblem(wire.delete(path), 404, "no-such-path").saying("$register");
    }
    assertProblem(wire.put("/services/$register/$ping"), 404, "not-found");
  }

  @Test
  void aTargetInAbsoluteFormIsItsPath() {
    assertThat(wire.get("http://localhost:9000/services/a").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /services/, 200",
    "HEAD, /services/, 200",
    "GET, /services/?name=x, 200",
    "GET, /services/a/, 200",
    "PUT, /services/a/$ping/, 200",
    "PUT, /services/a/%24ping/, 200",
    "PUT, /services/a/$ping/?lease=other, 409",
    "POST, /services/$register/, 400",
    "DELETE, /services/b/, 404",
    "DELETE, /services/a/?lease=other, 409",
    "DELETE, /services/a/, 200",
    "GET, /health/, 200",
    "GET, /health/ready/, 200",
    "GET, /openapi.json/, 200"
  })
  void oneSlashAtTheEndMakesNoDifference(String method, String path, int status) {
    Answer answer = wire.send(method, path);

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.headers()).doesNotContainKey("Location");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /services, services/$register",
    "POST, /services/, services/$register",
    "POST, /services/register, services/$register",
    "PUT, /services/a, services/{id}/$ping",
    "PUT, /services/a/, services/{id}/$ping",
    "PUT, /services/a/?lease=x, services/{id}/$ping"
  })
  void whoseShellAteTheDollarIsToldWhatToWrite(String method, String path, String meant) {
    assertProblem(wire.send(method, path), 405, "method-not-allowed").saying(meant, "quote the $");
  }

  @Test
  void whoeverMeantSomethingElseIsToldNothingOfDollars() {
    assertThat(wire.send("PATCH", "/services/a").text()).doesNotContain("quote");
    assertThat(wire.send("DELETE", "/services").text()).doesNotContain("quote");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/health/live", "/health/ready/", "/metrics"})
  void probesAndMetricsAreAtTheRootAndBelowTheBasePath(String path) {
    try (var measured =
        new ServedRegistry(
            handler -> handler.metrics(() -> "up 1\n"), server -> server.basePath("/v2"))) {
      assertThat(measured.wire().get(path).status()).isEqualTo(200);
      assertThat(measured.wire().get("/v2" + path).status()).isEqualTo(200);
      assertProblem(measured.wire().send("POST", path), 405, "method-not-allowed");
    }
  }

  @Test
  void metricsAtTheRootAskForTheKeyOfReads() {
    ServiceKeys keys = ServiceKeys.of(List.of("key"));
    try (var locked =
        new ServedRegistry(
            handler -> handler.metrics(() -> "up 1\n").serviceKeys(keys).keyForReads(),
            server -> server.basePath("/v2"))) {
      assertProblem(locked.wire().get("/metrics"), 401, "unauthorized");
      assertThat(locked.wire().get("/health").status()).isEqualTo(200);
    }
  }

  @Test
  void everythingIsUnderTheBasePath() {
    assertThat(mounted.server().url().toString()).endsWith("/v2");
    byte[] body =
        "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}".getBytes(StandardCharsets.UTF_8);
    Answer registered = mounted.wire().send("POST", "/v2/services/$register", body);

    assertThat(registered.header("Location")).isEqualTo("http://localhost:9000/v2/services/a");
    assertThat(registered.json().path("ping_url").textValue())
        .startsWith("http://localhost:9000/v2/services/a/$ping?lease=");
    assertThat(mounted.wire().put("/v2/services/a/%24ping").status()).isEqualTo(200);
    assertThat(mounted.wire().get("/v2/services").json().path("count").intValue()).isEqualTo(1);
    assertThat(mounted.wire().get("/v2/health").status()).isEqualTo(200);
    assertProblem(mounted.wire().get("/v2/services/b"), 404, "not-found").at("/v2/services/b");
  }

  @Tag("not-on-jetty")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v2foo",
        "/v2foo/services",
        "/v2services",
        "/services",
        "/openapi.json",
        "/metrics",
        "/v2/v2/services",
        "/v2//services",
        "/%76%32/services",
        "/V2/services"
      })
  void nothingIsBesideTheBasePath(String path) {
    assertProblem(mounted.wire().get(path), 404, "no-such-path").at(path);
  }

  @Test
  void besideTheBasePathANotFoundSaysThatThereIsOne() {
    assertProblem(mounted.wire().send("POST", "/services/"), 404, "no-such-path")
        .saying("--base-path");
  }
}
