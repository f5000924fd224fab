package dev.rollcall.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** At a wrong base path no service is unknown, gone or refused: the registry is elsewhere. */
@Timeout(60)
class WrongBasePathTest {
  private static final Registration REGISTRATION = Registration.builder("http://h").id("a").build();

  private static final Map<String, List<Function<ServiceRegistry, Object>>> CALLS =
      Map.of(
          "/services/$register", List.of(r -> r.register(REGISTRATION)),
          "/services/a/$ping", List.of(r -> r.ping("a"), r -> r.ping("a", "L")),
          "/services/a",
              List.of(r -> r.find("a"), r -> r.deregister("a"), r -> r.deregister("a", "L")),
          "/services", List.of(ServiceRegistry::list));

  private final ManualClock nanoTime = new ManualClock();

  private ServiceRegistry connect(String url) {
    HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder(url);
    builder.transport.nanoTime = nanoTime;
    return builder.build();
  }

  private static void assertThatAllFail(ServiceRegistry registry, String base, String words) {
    CALLS.forEach(
        (path, calls) ->
            assertThat(calls)
                .as(path)
                .allSatisfy(
                    call ->
                        assertThat(catchThrowable(() -> call.apply(registry)))
                            .isExactlyInstanceOf(RegistryUnavailableException.class)
                            .hasMessageContaining(words)
                            .hasMessageEndingWith(
                                "; asked for the path '"
                                    + base
                                    + path
                                    + "': check the base path of the registry's URL")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/wrong", "/v2/services/x", "/v2/v2"})
  void whatARollcallServerSaysThereIsAFailedCall(String base) {
    try (var behind = ServiceRegistry.open("memory:");
        var server =
            RegistryHttpServer.builder(RegistryEndpoints.builder(behind).build())
                .basePath("/v2")
                .start()) {
      behind.register(REGISTRATION);
      try (var registry = connect("http://127.0.0.1:" + server.url().getPort() + base)) {
        assertThatAllFail(registry, base, "answered 404: There is nothing at '" + base);
        nanoTime.advance(Duration.ofDays(1));
        assertThatAllFail(registry, base, "answered 404: There is nothing at '" + base);
      }
      assertThat(behind.find("a")).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"detail\":\"Not Found\"}",
        "{\"status_code\":404,\"detail\":\"Not Found\"}",
        "{\"title\":\"Not Found\",\"status\":404,\"detail\":\"No static resource services/a.\"}",
        "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"detail\":\"No a\"}",
      })
  void anotherApplicationsNotFoundIsAFailedCall(String body) {
    try (var other = FakeRegistry.answering(404, body);
        var registry = connect(other.url() + "/wrong")) {
      assertThatAllFail(
          registry, "/wrong", "what answered there is not a registry: 404 application/");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"detail\":\"Method Not Allowed\"}",
        "{\"detail\":\"no\"}",
        "{\"type\":\"urn:rollcall:error:method-not-allowed\",\"detail\":\"no\"}",
        "{\"type\":\"urn:servicekit:error:bad-request\",\"detail\":\"no\"}",
      })
  void aMethodThatIsNotAllowedIsAFailedCall(String body) {
    try (var other = FakeRegistry.answering(405, body);
        var registry = connect(other.url() + "/wrong")) {
      assertThatAllFail(registry, "/wrong", "405");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"detail\":\"Service a not found\"}",
        "{\"type\":\"urn:rollcall:error:not-found\",\"detail\":\"No live service has the id 'a'\"}",
        "{\"type\":\"urn:servicekit:error:not-found\",\"detail\":\"Service with ID a not found\"}",
      })
  void anUnknownServiceIsNoAnswerToARegistrationOrAList(String body) {
    try (var other = FakeRegistry.answering(404, body);
        var registry = connect(other.url())) {
      for (String path : List.of("/services/$register", "/services")) {
        assertThat(catchThrowable(() -> CALLS.get(path).get(0).apply(registry)))
            .isExactlyInstanceOf(RegistryUnavailableException.class)
            .hasMessageContaining("asked for the path '" + path + "'");
      }
      assertThat(registry.find("a")).isEmpty();
      assertThat(registry.ping("a", "L")).isEmpty();
      assertThat(registry.deregister("a", "L")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"urn:rollcall:error:no-such-path\",\"detail\":\"There is nothing here\"}",
        "{\"detail\":\"Not Found\"}",
        "{\"detail\":\"Service a not found\"}",
      })
  void aRegistrationIsTriedAgainThereAsInAnOutage(String body) throws Exception {
    CountDownLatch refused = new CountDownLatch(3);
    FakeRegistry.Script page =
        socket -> {
          FakeRegistry.answer(404, "", body).play(socket);
          refused.countDown();
        };
    try (var fake = FakeRegistry.hung();
        var registry = connect(fake.url())) {
      fake.then(page).then(page).then(page).then(FakeRegistry.well("\"ttl_seconds\":60,"));
      try (Registrar registrar =
          Registrar.builder(registry, REGISTRATION)
              .keepaliveInterval(Duration.ofSeconds(20)) // a rejection rests for 60 s at least
              .retryDelay(Duration.ofMillis(50))
              .startTimeout(Duration.ofSeconds(50))
              .build()) {
        registrar.start();

        assertThat(refused.await(0, TimeUnit.SECONDS)).isTrue();
        assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
      }
    }
  }

  @Test
  void aServiceThatAnotherApplicationDoesNotKnowIsGoneOnceItsLeaseHasEnded() {
    try (var other = FakeRegistry.answering(404, "{\"detail\":\"Not Found\"}");
        var registry = connect(other.url())) {
      assertThat(catchThrowable(() -> registry.ping("a", "L"))).isNotNull();
      nanoTime.advance(Duration.ofSeconds(30));

      assertThat(registry.ping("a", "L")).isEmpty(); // a gateway may say so in a registry's name
      assertThat(catchThrowable(() -> registry.find("a"))).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"409,superseded", "401,unauthorized", "503,store-unavailable", "404,no-such-path"})
  void whatARegistryRefusesBetweenTwoSuchAnswersEndsTheFirst(int status, String type) {
    String refusal = "{\"type\":\"urn:rollcall:error:%s\",\"detail\":\"no\"}".formatted(type);
    try (var fake = FakeRegistry.hung();
        var registry = connect(fake.url())) {
      fake.then(404, "{\"detail\":\"Not Found\"}")
          .then(status, refusal)
          .then(404, "{\"detail\":\"Not Found\"}");
      for (int i = 0; i < 3; i++) {
        assertThat(catchThrowable(() -> registry.ping("a", "L"))).isNotNull();
        nanoTime.advance(Duration.ofSeconds(29));
      }
      nanoTime.advance(Duration.ofSeconds(1));

      assertThat(registry.ping("a", "L")).isEmpty();
    }
  }
}
