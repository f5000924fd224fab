package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.answer;
import static dev.rollcall.http.client.harness.FakeRegistry.well;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.registrar.Registrar;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What stands between a client and its registry: a proxy that asks for a password, a gateway. */
@Timeout(60)
class ProxyAndHeadersTest {
  private static final String BASIC = "Basic dXNlcjpzZWNyZXQ="; // user:secret

  private final FakeRegistry proxy = FakeRegistry.hung();
  private final ProxySelector usual = ProxySelector.getDefault();

  @BeforeEach
  void useProxy() {
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            return List.of(
                new Proxy(
                    Proxy.Type.HTTP,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port())));
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException e) {}
        });
  }

  @AfterEach
  void close() {
    ProxySelector.setDefault(usual);
    Authenticator.setDefault(null);
    proxy.close();
  }

  private static void setPassword() {
    Authenticator.setDefault(
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            return getRequestorType() == RequestorType.PROXY
                ? new PasswordAuthentication("user", "secret".toCharArray())
                : null;
          }
        });
  }

  private static FakeRegistry.Script challenge() {
    return answer(407, "Proxy-Authenticate: Basic realm=\"proxy\"\r\n", "");
  }

  @Test
  void aProxyThatAsksForAPasswordGetsTheOneOfTheJvm() {
    setPassword();
    proxy.then(challenge()).then(well());
    try (HttpServiceRegistry registry = HttpServiceRegistry.connect("http://registry.invalid")) {
      assertThat(registry.ping("a")).isPresent();
    }
    assertThat(proxy.lastAsked().target()).startsWith("http://registry.invalid/services/a/");
    assertThat(proxy.lastAsked().headers()).containsEntry("proxy-authorization", BASIC);
  }

  @Test
  void soItIsForATunnel() {
    setPassword();
    proxy.then(challenge()).then(answer(502, "", ""));
    try (HttpServiceRegistry registry = HttpServiceRegistry.connect("https://registry.invalid")) {
      assertThat(catchThrowable(() -> registry.ping("a")))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("502");
    }
    assertThat(proxy.lastAsked().method()).isEqualTo("CONNECT");
    assertThat(proxy.lastAsked().headers()).containsEntry("proxy-authorization", BASIC);
  }

  @Test
  void aRegistryGetsNoPasswordAndAnUnknownOneIsAClearFailure() {
    setPassword();
    proxy.then(answer(401, "WWW-Authenticate: Basic realm=\"registry\"\r\n", ""));
    try (HttpServiceRegistry registry = HttpServiceRegistry.connect("http://registry.invalid")) {
      assertThat(catchThrowable(() -> registry.ping("a"))).isNotNull();
      assertThat(proxy.lastAsked().headers()).doesNotContainKey("authorization");

      Authenticator.setDefault(null);
      proxy.then(challenge());
      assertThat(catchThrowable(() -> registry.ping("a")))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("407");
    }
  }

  @Test
  void headersGoWithEachRequestAndTheirValuesAreNeverShown() {
    proxy.then(answer(400, "", "{\"detail\":\"Bearer verysecret is no good\"}"));
    try (HttpServiceRegistry registry =
        HttpServiceRegistry.builder("http://registry.invalid")
            .serviceKey("the key")
            .header("Authorization", "replaced")
            .header("authorization", "Bearer verysecret")
            .header("X-Tenant", "blue")
            .build()) {
      assertThat(catchThrowable(() -> registry.ping("a"))).hasMessageContaining("*** is no good");
    }
    assertThat(proxy.lastAsked().headers())
        .containsEntry("authorization", "Bearer verysecret")
        .containsEntry("x-tenant", "blue")
        .containsEntry("x-service-key", "the key");
  }

  @Test
  void aRegistrarSendsItsHeaders() {
    proxy.then(FakeRegistry.well());
    try (Registrar registrar =
        Registrar.builder()
            .orchestratorUrl("http://registry.invalid")
            .host("h")
            .header("Authorization", "Bearer verysecret")
            .failOnError(true)
            .startTimeout(Duration.ofMinutes(1))
            .build()) {
      registrar.start();
    }
    assertThat(proxy.asked())
        .isNotEmpty()
        .allSatisfy(
            asked ->
                assertThat(asked.headers()).containsEntry("authorization", "Bearer verysecret"));
  }

  @Test
  void headersAreChecked() {
    HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder("http://registry");
    for (String name : List.of("", "a b", "a:", "n\u00e4me", "n".repeat(101))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.header(name, "v"))
          .withMessageContaining("1 to 100 letters");
    }
    for (String name : List.of("Host", "X-Service-Key", "content-length", "ACCEPT")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.header(name, "v"))
          .withMessageContaining("set by the client itself");
    }
    for (String value : List.of("", " v", "v\r\nX: y", "\u00e4", "v".repeat(4_097))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.header("X", value))
          .withMessageContaining("the value of the header X")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("X: y", "vvvv"));
    }
    for (int i = 0; i < 32; i++) {
      builder.header("X-" + i, "v");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.header("X-32", "v"))
        .withMessageContaining("more than 32");
    assertThat(builder.header("x-31", "w")).isSameAs(builder);
  }
}
