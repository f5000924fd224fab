package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a trusted proxy may say, and what is not believed even of it. */
class ForwardedTest {
  private static final String BODY = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}";

  private final ServedRegistry served =
      new ServedRegistry(
          handler -> handler.trustForwarded().allowedHost("inside").allowedHost("good"),
          server -> server.basePath("/v2"));

  @AfterEach
  void close() {
    served.close();
  }

  private String rootFor(String... headers) {
    Answer answer =
        served.wire().send("POST", "/v2/services/$register", BODY.getBytes(UTF_8), headers);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    String location = answer.header("Location");
    return location.substring(0, location.length() - "/services/a".length());
  }

  @Test
  void aTrustedProxySaysWhereClientsReachTheServer() {
    assertThat(
            rootFor(
                "Host: inside",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: registry.example:8443",
                "X-Forwarded-Prefix: /registry/"))
        .isEqualTo("https://registry.example:8443/registry/v2");
  }

  @Test
  void whatItDoesNotSayIsOfTheRequest() {
    assertThat(rootFor("Host: inside:80")).isEqualTo("http://inside:80/v2");
    assertThat(rootFor("Host: inside", "X-Forwarded-Proto: HTTPS")).isEqualTo("https://inside/v2");
  }

  @Test
  void ofSeveralValuesThatOfTheNearestProxyCounts() {
    assertThat(
            rootFor(
                "Host: localhost", "X-Forwarded-Host: evil, good", "X-Forwarded-Proto: https,http"))
        .isEqualTo("http://good/v2");
    assertThat(rootFor("Host: localhost", "X-Forwarded-Host: evil", "X-Forwarded-Host: good"))
        .isEqualTo("http://good/v2");
  }

  @ParameterizedTest
  @CsvSource({
    "X-Forwarded-Host: user@evil",
    "X-Forwarded-Host: evil/path",
    "X-Forwarded-Host: <script>",
    "X-Forwarded-Host: ",
    "X-Forwarded-Prefix: //evil",
    "X-Forwarded-Prefix: /a/../b",
    "X-Forwarded-Prefix: a",
    "X-Forwarded-Prefix: /a?x=y",
    "X-Forwarded-Prefix: /a%2Fb",
    "X-Forwarded-Proto: javascript",
    "X-Forwarded-Proto: https://evil"
  })
  void whatIsNotPlainIsNotBelievedEvenOfAProxy(String header) {
    assertThat(rootFor("Host: good", header)).isEqualTo("http://good/v2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Forwarded-Host: evil", "X-Forwarded-Prefix: /evil"})
  void aConfiguredUrlIsAboveAnyProxy(String header) {
    URI configured = URI.create("https://registry.example");
    try (var fixed =
        new ServedRegistry(
            handler -> handler.trustForwarded().publicUrl(configured), server -> server)) {
      assertThat(fixed.wire().register(BODY, "Host: localhost", header).header("Location"))
          .isEqualTo("https://registry.example/services/a");
    }
  }
}
