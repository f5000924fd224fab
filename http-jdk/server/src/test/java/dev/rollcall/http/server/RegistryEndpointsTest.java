package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.FakeExchange;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoints without any server: what an adapter may hand them, and what it gets back. */
class RegistryEndpointsTest {
  private static final String BODY = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}";

  private final ServiceRegistry registry = ServiceRegistry.open("memory:");
  private final RegistryEndpoints endpoints = RegistryEndpoints.of(registry);

  @AfterEach
  void close() {
    registry.close();
  }

  private FakeExchange handle(FakeExchange exchange) throws IOException {
    endpoints.handle(exchange);
    assertThat(exchange.isComplete()).isTrue();
    return exchange;
  }

  @Test
  void aRegistrationIsReadFromTheExchangeAndAnsweredToIt() throws IOException {
    FakeExchange exchange =
        handle(
            new FakeExchange("POST", "/v2/services/$register")
                .basePath("/v2")
                .header("Host", "registry.example")
                .header("Content-Type", "application/json")
                .body(BODY));

    assertThat(exchange.status()).isEqualTo(201);
    assertThat(exchange.responseHeader("Location"))
        .isEqualTo("http://registry.example/v2/services/a");
    assertThat(exchange.text()).contains("\"status\":\"registered\"");
    assertThat(registry.find("a")).isPresent();
  }

  /** Servers refuse such requests; an adapter on another one may hand it on. */
  @Test
  void aLengthBesideChunksCutsNoBody() throws IOException {
    FakeExchange exchange =
        handle(
            new FakeExchange("POST", "/services/$register")
                .header("Host", "localhost")
                .header("Content-Type", "application/json")
                .header("Content-Length", Integer.toString(BODY.length()))
                .header("Transfer-Encoding", "chunked")
                .body(BODY + "x"));

    assertThat(exchange.status()).isEqualTo(400);
    assertThat(registry.list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/services/%zz",
        "/services/%",
        "/services/a%2",
        "/services/a/$ping?lease=%zz",
        "/%zz",
        "/services/a%00%-1"
      })
  void aTargetWithAMalformedEscapeIsAProblem(String target) throws IOException {
    FakeExchange exchange = handle(new FakeExchange("PUT", target));

    assertThat(exchange.status()).isEqualTo(400);
    assertThat(exchange.text()).contains("urn:rollcall:error:malformed-target");
  }

  @ParameterizedTest
  @CsvSource({
    "/services?a=%zz, 422",
    "/services?name=a, 200",
    "/services#fragment, 200",
    "http://localhost/services, 200",
    "http://localhost, 308",
    "//localhost/services, 200",
    "*, 404",
    "'', 308",
    "mailto:a, 404",
    "/ |, 404",
    "http://[, 404",
    "/services/a%2Fb, 404",
    "/health/, 200"
  })
  void anyTargetHasAResponse(String target, int status) throws IOException {
    assertThat(handle(new FakeExchange("GET", target)).status()).isEqualTo(status);
  }

  @Test
  void aPathOutsideOfTheBasePathIsToldWhereTheRegistryIs() throws IOException {
    FakeExchange exchange = handle(new FakeExchange("GET", "/v2x/services").basePath("/v2"));

    assertThat(exchange.status()).isEqualTo(404);
    assertThat(exchange.text()).contains("base path");
  }

  @Test
  void theRestOfABodyIsReadBeforeTheExchangeIsCompleted() throws IOException {
    FakeExchange exchange =
        handle(new FakeExchange("PUT", "/services/a/$ping").body("x".repeat(9)));

    assertThat(exchange.status()).isEqualTo(404);
    assertThat(exchange.unreadAtCompletion()).isZero();
  }

  @Test
  void anExchangeWhoseClientIsGoneIsNotCompleted() {
    FakeExchange exchange = new FakeExchange("GET", "/services").failing();

    assertThatThrownBy(() -> endpoints.handle(exchange)).isInstanceOf(IOException.class);
    assertThat(exchange.isComplete()).isFalse();
  }

  @Test
  void aDrainingServerIsNotReadyAndEndsEachConnection() throws IOException {
    endpoints.drain();

    assertThat(handle(new FakeExchange("GET", "/health/ready")).status()).isEqualTo(503);
    FakeExchange list = handle(new FakeExchange("GET", "/services"));
    assertThat(list.status()).isEqualTo(200);
    assertThat(list.responseHeader("Connection")).isEqualTo("close");
  }
}
