package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.harness.FakeRegistry;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A successful answer that no registry wrote, such as a login page, is a failed call. */
@Timeout(60)
class ForeignAnswersTest {
  private static final Registration REGISTRATION = Registration.builder("http://h").id("a").build();
  private static final String LOGIN =
      "<!DOCTYPE html><html><head><title>Please log in: k3y-secret</title></head><body>"
          + "x".repeat(500);

  private static final Map<String, Function<ServiceRegistry, Object>> CALLS =
      Map.of(
          "register", r -> r.register(REGISTRATION),
          "ping", r -> r.ping("a"),
          "ping with a lease", r -> r.ping("a", "L"),
          "deregister", r -> r.deregister("a", "L"),
          "find", r -> r.find("a"),
          "list", ServiceRegistry::list);

  private final FakeRegistry fake = FakeRegistry.hung();
  private final HttpServiceRegistry registry =
      HttpServiceRegistry.builder(fake.url()).serviceKey("k3y-secret").build();

  @AfterEach
  void close() {
    registry.close();
    fake.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "{}",
        "null",
        "7",
        "OK",
        "<html>Please log in",
        "{\"error\":\"down\"}",
        "{\"id\":\"a\"}",
        "{\"id\":\"another\"}",
        "{\"status\":\"healthy\"}",
        "{\"status\":\"alive\"}",
        "{\"status\":\"registered\"}",
        "{\"id\":7,\"status\":\"registered\"}",
        "{\"id\":\"\",\"status\":\"registered\"}",
        "{\"id\":\"a/b\",\"status\":\"registered\"}",
        "{\"id\":\"another\",\"status\":\"alive\"}",
        "{\"id\":\"another\",\"url\":\"http://h\"}",
        "{\"status\":\"deregistered\",\"service\":{\"id\":\"another\",\"url\":\"http://h\"}}",
        "{\"id\":\"a\",\"status\":\"registered\",\"x\":1e99999999999}",
        "{\"id\":\"a\",\"status\":\"alive\",\"x\":1e99999999999}",
        "{\"id\":\"a\",\"url\":\"http://h\",\"x\":NaN}",
        "{\"services\":{}}",
        "{\"services\":[",
        "{\"services\":[{}",
        "{\"services\":[}",
        "{\"services\":[] ]",
        "{\"services\":7}",
        "{\"services\"}",
        "{services:[]}",
      })
  void theyAreFailedCalls(String body) {
    for (int status : new int[] {200, 201, 202}) {
      fake.then(answer(status, "Content-Type: text/html\r\n", body));
      CALLS.forEach(
          (name, call) ->
              assertThat(catchThrowable(() -> call.apply(registry)))
                  .as(name)
                  .isExactlyInstanceOf(RegistryUnavailableException.class)
                  .hasMessageContaining("not a registry: " + status + " text/html"));
    }
  }

  @Test
  void noContentIsARemovalAndNothingElse() {
    fake.then(204, "");

    CALLS.forEach(
        (name, call) -> {
          if (!name.startsWith("deregister")) {
            assertThat(catchThrowable(() -> call.apply(registry)))
                .as(name)
                .isExactlyInstanceOf(RegistryUnavailableException.class)
                .hasMessageEndingWith("not a registry: 204, no body");
          }
        });
    assertThat(registry.deregister("a")).isPresent();
  }

  @Test
  void theMessageShowsTheStartOfTheAnswerWithoutTheKey() {
    fake.then(answer(200, "Content-Type: text/html; charset=utf-8\r\n", LOGIN));

    assertThat(catchThrowableOfType(RuntimeException.class, () -> registry.register(REGISTRATION)))
        .hasMessage(
            "register 'a' at %s: what answered there is not a registry: 200 text/html; charset=utf-8:"
                + " <!DOCTYPE html><html><head><title>Please log in: ***</title></head><body>xxxxxx…",
            fake.url());
    assertThat(catchThrowable(registry::list)).hasMessageContaining("log in: ***<");
  }

  @Test
  void aProxysNotFoundKeepsNoServiceAwayForLongerThanAnOutage() throws Exception {
    CountDownLatch refused = new CountDownLatch(3);
    FakeRegistry.Script page =
        socket -> {
          answer(404, "Content-Type: text/html\r\n", "<h1>Not found</h1>").play(socket);
          refused.countDown();
        };
    fake.then(page).then(page).then(page).then(FakeRegistry.well("\"ttl_seconds\":60,"));
    try (Registrar registrar =
        Registrar.builder(registry, REGISTRATION)
            .keepaliveInterval(Duration.ofSeconds(20)) // a rejection rests for 60 s at least
            .retryDelay(Duration.ofMillis(50))
            .build()) {
      registrar.start();

      assertThat(refused.await(0, TimeUnit.SECONDS)).isTrue();
      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    }
  }
}
