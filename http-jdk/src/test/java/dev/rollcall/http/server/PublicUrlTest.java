package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.http.RawHttp.Answer;
import dev.rollcall.http.Wire;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ping_url and Location are built from, and what they are never built from. */
class PublicUrlTest {
  private static final String BODY = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}";

  private final ServedRegistry served = new ServedRegistry();

  @AfterEach
  void close() {
    served.close();
  }

  private static void assertRoot(Answer answer, String root) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(answer.header("Location")).isEqualTo(root + "/services/a");
    assertThat(answer.json().path("ping_url").textValue())
        .startsWith(root + "/services/a/$ping?lease=");
  }

  private String localRoot() {
    return served.server().url().toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "registry",
        "registry:9000",
        "my_registry.example:80",
        "192.168.0.1:65535",
        "[::1]:9000",
        "[fe80::1]",
        "REGISTRY"
      })
  void aPlainHostIsBelieved(String host) {
    assertRoot(served.wire().register(BODY, "Host: " + host), "http://" + host);
  }

  static String[] hostileHosts() {
    return new String[] {
      "",
      "evil/path",
      "evil/services/x?y=",
      "user@evil",
      "registry:9000@evil",
      "evil:80:80",
      "evil:port",
      "evil:123456",
      "evil:",
      ":9000",
      "evil host",
      "evil,other",
      "evil#x",
      "evil?x",
      "evil\\x",
      "evil\tx",
      "<script>",
      "\"evil\"",
      "evil%2F",
      "http://evil",
      "[evil]",
      "[::1",
      "::1",
      "\u00e9vil",
      "evil\u0085",
      "e".repeat(256),
      "e".repeat(20_000)
    };
  }

  @ParameterizedTest
  @MethodSource("hostileHosts")
  void aHostThatIsNotPlainIsNotBelieved(String host) {
    assertNotBelieved(served.wire().register(BODY, "Host: " + host));
  }

  @Test
  void ofTwoHostsNeitherIsBelieved() {
    assertNotBelieved(served.wire().register(BODY, "Host: a", "Host: b"));
  }

  /** Newer updates of the JDK refuse some by themselves. */
  private void assertNotBelieved(Answer answer) {
    if (answer.status() != 400) {
      assertRoot(answer, localRoot());
    }
  }

  @Test
  void aLineBreakInAHostIsTheEndOfIt() {
    assertRoot(served.wire().register(BODY, "Host: good\r\nX-Evil: evil"), "http://good");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Forwarded-Host: evil", "Forwarded: host=evil", "X-Forwarded-Proto: x"})
  void noOtherHeaderIsBelieved(String header) {
    assertRoot(served.wire().register(BODY, "Host: good", header), "http://good");
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry.example/v2, https://registry.example/v2",
    "https://registry.example/v2///, https://registry.example/v2",
    "HTTP://registry:9000, HTTP://registry:9000"
  })
  void theConfiguredUrlIsUsedWhateverTheRequestSays(URI publicUrl, String root) {
    try (var configured =
        new ServedRegistry(handler -> handler.publicUrl(publicUrl), server -> server)) {
      Wire wire = configured.wire();
      assertRoot(wire.register(BODY, "Host: other"), root);
      assertRoot(wire.register(BODY, "Host: user@evil"), root);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "registry",
        "/v2",
        "ftp://registry",
        "http:registry",
        "http:///v2",
        "http://user@registry",
        "http://registry?x",
        "http://registry#x"
      })
  void aConfiguredUrlThatIsNoneIsRefused(URI publicUrl) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegistryHandler.builder(served.registry()).publicUrl(publicUrl))
        .withMessageContaining("https://registry.example/v2");
  }
}
