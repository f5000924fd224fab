package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes that a browser sends, and for whose pages it may. */
class OriginGuardTest {
  private static final String BODY = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}";

  private final ServedRegistry served = new ServedRegistry();
  private final Wire wire = served.wire();

  @BeforeEach
  void register() {
    wire.registered("before");
  }

  @AfterEach
  void close() {
    served.close();
  }

  private static List<Answer> writes(Wire wire, String... headers) {
    return List.of(
        wire.register(BODY, headers),
        wire.send("PUT", "/services/before/$ping", headers),
        wire.send("PUT", "/services/before/%24ping/?lease=x", headers),
        wire.send("DELETE", "/services/before", headers));
  }

  @Tag("not-on-jetty")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: http://localhost:3000",
        "Origin: http://localhost",
        "Origin: http://127.0.0.1:9000",
        "Origin: http://localhost:9000.evil.example",
        "Origin: http://localhost:9000@evil.example",
        "Origin: http://evil@localhost:9000",
        "Origin: http://localhost:9000/",
        "Origin: localhost:9000",
        "Origin: ftp://localhost:9000",
        "Origin: chrome-extension://localhost:9000",
        "Origin: null",
        "Origin:",
        "Origin: http://localhost:9000 http://evil.example",
        "Origin: http://localhost:9000\r\nOrigin: http://evil.example",
        "Origin: http://evil.example\r\nSec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: what-may-come",
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site",
        "Origin: http://localhost:9000\r\nSec-Fetch-Site: cross-site"
      })
  void noPageOfAnotherOriginWrites(String headers) {
    for (Answer answer : writes(wire, headers)) {
      assertProblem(answer, 403, "origin-not-allowed").saying("--public-url");
    }
    assertThat(served.registry().list()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-None: x",
        "Origin: http://localhost:9000",
        "Origin: https://localhost:9000",
        "Origin: http://localhost:9000\r\nSec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: none"
      })
  void thePageOfTheServerAndWhatIsNoBrowserWrites(String headers) {
    assertThat(writes(wire, headers))
        .extracting(Answer::status)
        .containsExactly(201, 200, 409, 200);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:80, http://localhost, 200",
    "localhost:443, https://localhost, 200",
    "localhost, http://localhost:80, 200",
    "localhost:443, http://localhost, 403",
    "localhost:80, https://localhost, 403",
    "localhost:80, http://localhost:9000, 403"
  })
  void theUsualPortOfTheOriginsSchemeMakesNoDifference(String host, String origin, int status) {
    String head =
        "PUT /services/before/$ping HTTP/1.1\r\nConnection: close\r\nHost: "
            + host
            + "\r\nOrigin: "
            + origin
            + "\r\n\r\n";

    Answer answer = RawHttp.exchange(served.server().address(), head, new byte[0]);

    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void readsAreTakenFromAnywhereAndSayNothingToOtherPages() {
    Answer answer =
        wire.send("GET", "/services", "Origin: http://evil.example", "Sec-Fetch-Site: cross-site");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().keySet())
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry.example/v2, https://registry.example, 201",
    "https://registry.example:443, https://registry.example, 201",
    "HTTPS://Registry.Example, https://registry.example, 201",
    "http://my_registry:9000, http://my_registry:9000, 201",
    "https://registry.example, http://registry.example, 403",
    "https://registry.example, https://registry.example:8443, 403",
    "https://registry.example, https://evil.example, 403"
  })
  void theOriginOfThePublicUrlIsTheServersOwn(URI publicUrl, String origin, int status) {
    try (var named = new ServedRegistry(handler -> handler.publicUrl(publicUrl), s -> s)) {
      assertThat(named.wire().register(BODY, "Origin: " + origin).status()).isEqualTo(status);
    }
  }

  @Tag("not-on-jetty")
  @Test
  void theHostThatATrustedProxyNamesIsTheServersOwn() {
    String[] headers = {"Origin: https://registry.example", "X-Forwarded-Host: registry.example"};
    try (var trusting = new ServedRegistry(RegistryEndpoints.Builder::trustForwarded, s -> s)) {
      assertThat(trusting.wire().register(BODY, headers).status()).isEqualTo(201);
      assertThat(wire.register(BODY, headers).status()).isEqualTo(403);
    }
  }

  @Test
  void aKeyDoesNotMakeUpForAForeignOrigin() {
    ServiceKeys keys = ServiceKeys.of(List.of("key"));
    try (var keyed = new ServedRegistry(handler -> handler.serviceKeys(keys), s -> s)) {
      assertProblem(
          keyed.wire().register(BODY, "X-Service-Key: key", "Origin: http://evil.example"),
          403,
          "origin-not-allowed");
    }
  }

  /** What a browser sends to any server without asking it before. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Content-Type:\r\n",
        "Content-Type: text/plain\r\n",
        "Content-Type: text/plain;charset=UTF-8; application/json\r\n",
        "Content-Type: text/plain, application/json\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=application/json\r\n",
        "Content-Type: application/json\r\nContent-Type: text/plain\r\n",
        "Content-Type: text/plain\r\nContent-Type: application/json\r\n"
      })
  void aRegistrationThatIsNotSaidToBeJsonIsRefused(String header) {
    String head =
        "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + header
            + "Content-Length: "
            + BODY.length()
            + "\r\n\r\n";

    Answer answer =
        RawHttp.exchange(served.server().address(), head, BODY.getBytes(StandardCharsets.UTF_8));

    assertProblem(answer, 415, "unsupported-media-type").saying("application/json");
    assertThat(served.registry().list()).hasSize(1);
  }
}
