package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ping_url and Location are built from, and what they are never built from. */
class PublicUrlTest {
  private static final String BODY = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}";

  private static final String KEY = "X-Service-Key: key";

  /** With a key it answers to any host. */
  private final ServedRegistry served =
      new ServedRegistry(PublicUrlTest::withKey, server -> server);

  private static RegistryEndpoints.Builder withKey(RegistryEndpoints.Builder handler) {
    return handler.serviceKeys(ServiceKeys.of(List.of("key")));
  }

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
    assertRoot(served.wire().register(BODY, KEY, "Host: " + host), "http://" + host);
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

  @Tag("not-on-jetty")
  @ParameterizedTest
  @MethodSource("hostileHosts")
  void aHostThatIsNotPlainIsNotBelieved(String host) {
    assertNotBelieved(served.wire().register(BODY, KEY, "Host: " + host));
  }

  @Test
  void ofTwoHostsNeitherIsBelieved() {
    assertNotBelieved(served.wire().register(BODY, KEY, "Host: a", "Host: b"));
  }

  /** Newer updates of the JDK refuse some by themselves. */
  private void assertNotBelieved(Answer answer) {
    if (answer.status() != 400) {
      assertRoot(answer, localRoot());
    }
  }

  @Test
  void aLineBreakInAHostIsTheEndOfIt() {
    assertRoot(served.wire().register(BODY, KEY, "Host: good\r\nX-Evil: evil"), "http://good");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Forwarded-Host: evil", "Forwarded: host=evil", "X-Forwarded-Proto: x"})
  void noOtherHeaderIsBelieved(String header) {
    assertRoot(served.wire().register(BODY, KEY, "Host: good", header), "http://good");
  }

  @Tag("not-on-jetty")
  @ParameterizedTest
  @CsvSource({
    "https://registry.example/v2, https://registry.example/v2",
    "https://registry.example/v2///, https://registry.example/v2",
    "HTTP://registry:9000, HTTP://registry:9000",
    "http://my_registry:9000, http://my_registry:9000",
    "http://_a._b.example/v2, http://_a._b.example/v2",
    "http://[2001:db8::1]:9000/, http://[2001:db8::1]:9000"
  })
  void theConfiguredUrlIsUsedWhateverTheRequestSays(URI publicUrl, String root) {
    try (var configured =
        new ServedRegistry(handler -> withKey(handler).publicUrl(publicUrl), server -> server)) {
      Wire wire = configured.wire();
      assertRoot(wire.register(BODY, KEY, "Host: other"), root);
      assertRoot(wire.register(BODY, KEY, "Host: user@evil"), root);
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
        "http://user@my_registry:9000",
        "http://my_registry:port",
        "http://my_registry:",
        "http://:9000",
        "http://registry?x",
        "http://registry#x"
      })
  void aConfiguredUrlThatIsNoneIsRefused(URI publicUrl) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegistryEndpoints.builder(served.registry()).publicUrl(publicUrl))
        .withMessageContaining("https://registry.example/v2");
  }
}
