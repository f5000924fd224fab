package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages a browser lets read. */
class CorsTest {
  private static final String ALLOWED = "Access-Control-Allow-Origin";
  private static final String NAMED = "Origin: https://dashboard.example";
  private static final String OTHER = "Origin: https://evil.example";

  private final ServedRegistry served =
      new ServedRegistry(
          handler ->
              handler
                  .corsOrigin("https://dashboard.example")
                  .corsOrigin("HTTP://LocalHost:3000")
                  .serviceKeys(ServiceKeys.of(List.of("key")))
                  .keyForReads(),
          server -> server);
  private final Wire wire = served.wire();

  @AfterEach
  void close() {
    served.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /services, 200",
    "HEAD, /services, 200",
    "GET, /services/none, 404",
    "GET, /health, 200",
    "GET, /openapi.json, 200",
    "GET, /elsewhere, 404"
  })
  void aNamedOriginsPagesReadAnswersErrorsIncluded(String method, String path, int status) {
    Answer answer = wire.send(method, path, NAMED, "X-Service-Key: key");

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header(ALLOWED)).isEqualTo("https://dashboard.example");
    assertThat(answer.header("Vary").split(", ")).contains("Origin");
    assertThat(answer.header("Access-Control-Expose-Headers")).contains("Date");
    assertThat(answer.headers()).doesNotContainKey("Access-Control-Allow-Credentials");
  }

  @Test
  void anOriginIsComparedAsBrowsersWriteIt() {
    assertThat(wire.send("GET", "/health", "Origin: http://localhost:3000").header(ALLOWED))
        .isEqualTo("http://localhost:3000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OTHER,
        "Origin: null",
        "Origin: https://dashboard.example:8443",
        "Origin: http://dashboard.example",
        "Origin: https://dashboard.example.evil",
        "Origin: https://DASHBOARD.example",
        "X-None: x"
      })
  void otherPagesReadNothingAndCachesKeepTheTwoApart(String header) {
    Answer answer = wire.send("GET", "/health", header);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).doesNotContainKey(ALLOWED);
    assertThat(answer.header("Vary")).isEqualTo("Origin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/services", "/services/a", "/health", "/services/"})
  void aBrowserThatAsksBeforeItReadsWithAKeyIsToldThatItMay(String path) {
    Answer answer =
        wire.send(
            "OPTIONS",
            path,
            NAMED,
            "Access-Control-Request-Method: GET",
            "Access-Control-Request-Headers: x-service-key");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header(ALLOWED)).isEqualTo("https://dashboard.example");
    assertThat(answer.header("Access-Control-Allow-Methods")).isEqualTo("GET, HEAD");
    assertThat(answer.header("Access-Control-Allow-Headers").split(", "))
        .contains("X-Service-Key", "If-None-Match", "Last-Event-ID");
    assertThat(answer.header("Vary")).isEqualTo("Origin");
  }

  @ParameterizedTest
  @CsvSource({
    "/services/a, DELETE",
    "/services/a/$ping, PUT",
    "/services/a/$ping, GET",
    "/services/$register, POST",
    "/services/$register, GET",
    "/services, POST"
  })
  void noBrowserIsToldThatAPageMayWrite(String path, String method) {
    Answer answer = wire.send("OPTIONS", path, NAMED, "Access-Control-Request-Method: " + method);

    assertProblem(answer, 405, "method-not-allowed");
    assertThat(answer.headers()).doesNotContainKey("Access-Control-Allow-Methods");
  }

  @Test
  void whoIsNotNamedIsNotToldThatItMayRead() {
    assertProblem(
        wire.send("OPTIONS", "/services", OTHER, "Access-Control-Request-Method: GET"),
        405,
        "method-not-allowed");
    assertProblem(wire.send("OPTIONS", "/services", NAMED), 405, "method-not-allowed");
  }

  @Test
  void aNamedOriginWritesNoMoreThanAnother() {
    assertProblem(
        wire.send("DELETE", "/services/a", NAMED, "X-Service-Key: key"), 403, "origin-not-allowed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "null",
        "",
        "dashboard.example",
        "https://dashboard.example/",
        "https://dashboard.example/path",
        "https://user@dashboard.example",
        "ftp://dashboard.example",
        "https://*.example"
      })
  void whatIsNoOriginIsRefused(String origin) {
    RegistryEndpoints.Builder builder = RegistryEndpoints.builder(served.registry());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.corsOrigin(origin))
        .withMessageContainingAll("https://dashboard.example", "'" + origin + "'");
  }
}
