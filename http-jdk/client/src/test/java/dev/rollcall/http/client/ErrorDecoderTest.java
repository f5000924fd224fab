package dev.rollcall.http.client;

import static dev.rollcall.http.client.harness.FakeRegistry.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.client.harness.FakeRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The status of an answer decides what a call throws. */
class ErrorDecoderTest {
  private static final String HTML = "<html><h1>Not here</h1></html>";
  private static final String DETAIL = "{\"detail\":\"no\"}";

  private static final Map<String, Function<ServiceRegistry, Object>> CALLS =
      Map.of(
          "register", r -> r.register(Registration.builder("http://h").id("a").build()),
          "ping", r -> r.ping("a"),
          "ping with a lease", r -> r.ping("a", "L"),
          "deregister", r -> r.deregister("a"),
          "deregister with a lease", r -> r.deregister("a", "L"),
          "find", r -> r.find("a"),
          "list", ServiceRegistry::list);

  private final ManualClock clock = new ManualClock();
  private final FakeRegistry fake = FakeRegistry.hung();
  private final ServiceRegistry registry = connect();

  private ServiceRegistry connect() {
    HttpServiceRegistry.Builder builder = HttpServiceRegistry.builder(fake.url()).wallClock(clock);
    builder.transport.nanoTime = clock;
    return builder.build();
  }

  @AfterEach
  void close() {
    registry.close();
    fake.close();
  }

  private RegistryUnavailableException unavailable(FakeRegistry.Script answer) {
    fake.then(answer);
    return catchThrowableOfType(RegistryUnavailableException.class, () -> registry.ping("a"));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 402, 406, 410, 413, 415, 418, 421, 422, 431})
  void anyOther4xxOfARegistryIsRejected(int status) {
    fake.then(status, DETAIL);

    CALLS.forEach(
        (name, call) ->
            assertThat(catchThrowable(() -> call.apply(registry)))
                .as(name)
                .isExactlyInstanceOf(RejectedException.class)
                .hasMessageEndingWith(status + ": no"));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 421, 422
      })
  void aRedirectAndA4xxThatNoRegistryWroteSayThatNoneIsThere(int status) {
    String headers = "Location: /elsewhere\r\nContent-Type: text/html\r\n";
    for (String body :
        List.of("", HTML, "{}", "[]", "{\"detail\":\"no\"", "{\"status\":\"alive\"}", "not here")) {
      fake.then(answer(status, headers, body));
      CALLS.forEach(
          (name, call) ->
              assertThat(catchThrowable(() -> call.apply(registry)))
                  .as("%s: %s", name, body)
                  .isExactlyInstanceOf(RegistryUnavailableException.class)
                  .hasMessageContaining("not a registry: " + status + " text/html")
                  .hasMessageContaining(body.isEmpty() ? "no body" : body));
    }
    assertThat(fake.asked()).noneMatch(asked -> asked.target().contains("elsewhere"));
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 501, 502, 503, 504, 507, 599})
  void aServerThatCannotAnswerNowIsUnavailable(int status) {
    fake.then(status, HTML);

    CALLS.forEach(
        (name, call) ->
            assertThat(catchThrowable(() -> call.apply(registry)))
                .as(name)
                .isExactlyInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("" + status));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aServerThatRefusesTheKeyDeniesAccess(int status) {
    fake.then(status, DETAIL);

    CALLS.forEach(
        (name, call) ->
            assertThat(catchThrowable(() -> call.apply(registry)))
                .as(name)
                .isInstanceOf(AccessDeniedException.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ping", "ping with a lease", "deregister", "deregister with a lease"})
  void aConflictOnALeaseIsSuperseded(String call) {
    fake.then(409, DETAIL);

    assertThat(catchThrowable(() -> CALLS.get(call).apply(registry)))
        .isInstanceOf(LeaseSupersededException.class)
        .hasMessageContaining("'a'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"register", "find", "list"})
  void aConflictWithoutALeaseIsRejected(String call) {
    fake.then(409, DETAIL);

    assertThat(catchThrowable(() -> CALLS.get(call).apply(registry)))
        .isExactlyInstanceOf(RejectedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {DETAIL, "{\"type\":\"urn:rollcall:error:not-found\"}", "{\"detail\":[]}"})
  void notFoundIsEmptyIfARegistrySaysIt(String body) {
    fake.then(404, body);

    for (String call :
        List.of("ping", "ping with a lease", "deregister", "deregister with a lease", "find")) {
      assertThat(CALLS.get(call).apply(registry)).as(call).isEqualTo(Optional.empty());
    }
  }

  @Test
  void aNotFoundThatNoRegistryWroteEndsALeaseOnceItHasLastedAsLongAsOne() {
    fake.then(404, HTML);
    assertThat(catchThrowable(() -> registry.ping("a", "L"))).isNotNull();
    clock.advance(Duration.ofMillis(29_999));
    assertThat(catchThrowable(() -> registry.ping("a", "L"))).isNotNull();

    clock.advance(Duration.ofMillis(1));
    assertThat(registry.ping("a", "L")).isEmpty();
  }

  @Test
  void aPingThatIsAnsweredEndsTheDoubtsThatForeignAnswersRaised() {
    fake.then(404, HTML).then(FakeRegistry.well()).then(404, HTML);
    assertThat(catchThrowable(() -> registry.ping("a", "L"))).isNotNull();
    clock.advance(Duration.ofSeconds(60));
    assertThat(registry.ping("a", "L")).isPresent();

    assertThat(catchThrowable(() -> registry.ping("a", "L"))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://registry.example/services/a?token=hunter2#x|https://registry.example",
        "http://user:hunter2@registry:9000/v2/|http://registry:9000",
        "//[::1]:9443/hunter2|http://[::1]:9443",
      })
  void aRedirectsMessageNamesWhereItLeadsAndNothingSecretOfIt(String location, String origin) {
    for (String body : List.of("", HTML, DETAIL)) {
      fake.then(answer(308, "Location: " + location + "\r\n", body));
      CALLS.forEach(
          (name, call) ->
              assertThat(catchThrowable(() -> call.apply(registry)))
                  .as(name)
                  .isExactlyInstanceOf(RegistryUnavailableException.class)
                  .hasMessageContaining("not a registry: 308")
                  .hasMessageContaining("; it redirects to " + origin + ", and redirects are not")
                  .hasMessageNotContaining("hunter2"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Location: \r\n", "Location: ftp://x/\r\n", "Location: http://:0/\r\n"})
  void aRedirectToNowhereIsAFailedCallAllTheSame(String headers) {
    fake.then(answer(301, headers, ""));

    assertThat(catchThrowable(() -> registry.find("a")))
        .isExactlyInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("not a registry: 301, no body");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 503})
  void aRequestThatMayBeRepeatedAtOnceIsRepeatedByItsCallerAlone(int status) {
    fake.then(answer(status, "Retry-After: 0\r\n", ""));

    assertThat(catchThrowable(() -> registry.ping("a"))).isNotNull();
    assertThat(fake.asked()).hasSize(1);
  }

  @Test
  void theProblemsTypeTellsWhatIsUnavailable() {
    assertThat(unavailable(answer(503, "", problem("store-unavailable"))))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("the detail");
    assertThat(unavailable(answer(503, "", problem("full"))))
        .isInstanceOf(RegistryFullException.class)
        .hasMessageContaining("the detail");
    fake.then(400, problem("full"));
    assertThat(catchThrowable(() -> registry.ping("a")))
        .isExactlyInstanceOf(RejectedException.class);
  }

  private static String problem(String type) {
    return "{\"type\":\"urn:rollcall:error:%s\",\"detail\":\"the detail\"}".formatted(type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "120|120",
        "0|0",
        "9999999999|3600",
        "Mon, 23 Nov 2026 18:02:32 GMT|59",
        "Mon, 23 Nov 2026 18:00:00 GMT|0",
        "999999999|3600",
        "Fri, 31 Dec 9999 23:59:59 GMT|3600",
        "-1|",
        "99999999999|3600",
        "soon|",
        "99999999999999999999|3600",
      })
  void theTimeToWaitIsToldInSecondsOrAsADate(String header, Long seconds) {
    String headers = "Retry-After: " + header + "\r\n";
    Optional<Duration> expected = Optional.ofNullable(seconds).map(Duration::ofSeconds);
    for (int status : new int[] {408, 429, 503}) {
      assertThat(unavailable(answer(status, headers, "")).retryAfter().map(this::wholeSeconds))
          .as("with %d", status)
          .isEqualTo(expected);
    }
    for (String type : List.of("store-unavailable", "full")) {
      assertThat(
              unavailable(answer(500, headers, problem(type))).retryAfter().map(this::wholeSeconds))
          .isEqualTo(expected);
    }
  }

  private Duration wholeSeconds(Duration wait) {
    return Duration.ofSeconds(wait.toSeconds());
  }
}
