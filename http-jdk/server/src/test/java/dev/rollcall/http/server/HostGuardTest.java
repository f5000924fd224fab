package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names a server answers to, so that no page reaches it by a name of its own. */
class HostGuardTest {
  private static final String BODY = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}";

  private final ServedRegistry served = new ServedRegistry();

  @AfterEach
  void close() {
    served.close();
  }

  private static ServedRegistry serve(UnaryOperator<RegistryEndpoints.Builder> settings) {
    return new ServedRegistry(settings, server -> server);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:9000",
        "LOCALHOST:1",
        "localhost.",
        "localhost.:9000",
        "registry.localhost:9000",
        "a.b_c.localhost",
        "127.0.0.1:9000",
        "127.255.255.254",
        "[::1]",
        "[::1]:9000",
        "[0:0:0:0:0:0:0:1]:9000",
        "[::ffff:127.0.0.1]:9000"
      })
  void aNameOfLoopbackIsAnswered(String host) {
    assertThat(served.wire().register(BODY, "Host: " + host).status()).isEqualTo(201);
    assertThat(served.wire().send("GET", "/services", "Host: " + host).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9000",
        "localhost.evil.example",
        "evil-localhost",
        "evillocalhost:9000",
        ".localhost",
        "a..localhost",
        "localhost..",
        "127.0.0.1.evil.example",
        "127.0.0.256",
        "127.0.0",
        "128.0.0.1",
        "10.0.0.1:9000",
        "0.0.0.0:9000",
        "[::]:9000",
        "[::2]",
        "[::1",
        "[::1%25lo]",
        "[localhost]",
        "::1",
        "user@localhost",
        "localhost@evil.example",
        "localhost:9000@evil.example",
        "localhost:port",
        "localhost:",
        "localhost:123456",
        "localhost/evil",
        "localhost, evil.example",
        "localhost evil.example",
        "loc\u00e4lhost",
        ""
      })
  void noOtherNameIsAnsweredOnLoopbackWithoutAKeyNeitherReadsNorWrites(String host) {
    for (Answer answer : all(served.wire(), "Host: " + host)) {
      // Newer updates of the JDK refuse some by themselves.
      if (answer.status() != 400) {
        assertProblem(answer, 403, "host-not-allowed").saying("--allowed-host", "--public-url");
      }
    }
    assertThat(served.registry().list()).isEmpty();
  }

  private static List<Answer> all(Wire wire, String... headers) {
    return List.of(
        wire.register(BODY, headers),
        wire.send("PUT", "/services/a/$ping", headers),
        wire.send("DELETE", "/services/a", headers),
        wire.send("GET", "/services", headers),
        wire.send("GET", "/services/a", headers),
        wire.send("GET", "/", headers),
        wire.send("GET", "/openapi.json", headers),
        wire.send("GET", "/elsewhere", headers));
  }

  @Test
  void ofTwoHostsNoneIsAnsweredEvenIfOneIsOfLoopback() {
    for (Answer answer : all(served.wire(), "Host: localhost", "Host: evil.example")) {
      assertThat(answer.status()).isIn(400, 403);
    }
  }

  @Tag("not-on-jetty")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example/services",
        "http://evil.example:9000/services/a",
        "http://user@localhost/services",
        "//evil.example/services"
      })
  void theHostOfATargetCountsBesideTheHeader(String target) {
    assertProblem(served.wire().get(target), 403, "host-not-allowed");
  }

  @Test
  void aRequestWithoutAHostIsOfNoBrowser() {
    Answer answer =
        RawHttp.exchange(served.server().address(), "GET /services HTTP/1.0\r\n\r\n", new byte[0]);

    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void healthIsToldWhateverTheServerIsCalled() {
    for (String path : List.of("/health", "/health/live", "/health/ready")) {
      assertThat(served.wire().send("GET", path, "Host: 10.1.2.3:9000").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "registry.example, registry.example:9000, 201",
    "registry.example, REGISTRY.EXAMPLE., 201",
    "REGISTRY.example., registry.example, 201",
    "registry.example, localhost:9000, 201",
    "registry.example, a.registry.example, 403",
    "registry.example, registry.example.evil, 403",
    "my_registry, my_registry:9000, 201",
    "10.0.0.1, 10.0.0.1:9000, 201",
    "[2001:db8::1], [2001:DB8:0:0::1]:9000, 201"
  })
  void whatTheOperatorNamesIsAnswered(String named, String host, int status) {
    try (var named1 = serve(handler -> handler.allowedHost("other").allowedHost(named))) {
      assertThat(named1.wire().register(BODY, "Host: " + host).status()).isEqualTo(status);
    }
  }

  @Test
  void theHostOfThePublicUrlIsAnswered() {
    for (String host : List.of("registry.example", "my_registry")) {
      URI url = URI.create("https://" + host + ":8443/v2");
      try (var named = serve(handler -> handler.publicUrl(url))) {
        assertThat(named.wire().register(BODY, "Host: " + host).status()).isEqualTo(201);
        assertThat(named.wire().register(BODY, "Host: evil.example").status()).isEqualTo(403);
      }
    }
  }

  @Test
  void withAKeyAnyNameIsAnsweredUnlessTheOperatorNamesThem() {
    ServiceKeys keys = ServiceKeys.of(List.of("key"));
    try (var keyed = serve(handler -> handler.serviceKeys(keys));
        var named = serve(handler -> handler.serviceKeys(keys).allowedHost("registry.example"))) {
      String key = "X-Service-Key: key";
      assertThat(keyed.wire().register(BODY, "Host: any", key).status()).isEqualTo(201);
      assertThat(named.wire().register(BODY, "Host: any", key).status()).isEqualTo(403);
      assertThat(named.wire().register(BODY, "Host: registry.example", key).status())
          .isEqualTo(201);
    }
  }

  @Test
  void aServerThatListensElsewhereTooAnswersToAnyNameUnlessTheOperatorNamesThem() {
    try (var open = new ServedRegistry(handler -> handler, server -> server.host("0.0.0.0"));
        var named =
            new ServedRegistry(
                handler -> handler.allowedHost("registry.example"),
                server -> server.host("0.0.0.0"))) {
      assertThat(local(open).register(BODY, "Host: any").status()).isEqualTo(201);
      assertThat(local(named).register(BODY, "Host: any").status()).isEqualTo(403);
      assertThat(local(named).register(BODY, "Host: registry.example").status()).isEqualTo(201);
      assertThat(local(named).register(BODY, "Host: localhost").status()).isEqualTo(201);
    }
  }

  private static Wire local(ServedRegistry served) {
    return new Wire(
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), served.server().address().getPort()));
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, 403", "0.0.0.0, 201"})
  void aHandlerInAnApplicationsServerGoesByWhereThatListens(String address, int status)
      throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 0);
    server.createContext("/", RegistryHandler.of(served.registry()));
    server.start();
    try {
      var wire =
          new Wire(
              new InetSocketAddress(
                  InetAddress.getLoopbackAddress(), server.getAddress().getPort()));
      assertThat(wire.register(BODY, "Host: any").status()).isEqualTo(status);
      assertThat(wire.register(BODY, "Host: localhost").status()).isEqualTo(201);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "registry:9000", "http://registry", "user@registry", "*", "a b", "::1", "a/b"})
  void aNameThatIsNoneIsRefused(String host) {
    RegistryEndpoints.Builder builder = RegistryEndpoints.builder(served.registry());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.allowedHost(host))
        .withMessageContainingAll("registry.example", "'" + host + "'");
  }
}
