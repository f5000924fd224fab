package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server says of itself. */
class StatusTest {
  private static final String STATUS = "/services/$status";

  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final ManualClock clock = new ManualClock();

  private RegistryHttpServer serve(UnaryOperator<RegistryEndpoints.Builder> settings) {
    var endpoints = RegistryEndpoints.builder(registry).nanoTime(clock).heapBytes(1 << 30);
    return RegistryHttpServer.builder(settings.apply(endpoints).build()).start();
  }

  private static JsonNode statusOf(RegistryHttpServer server) {
    Answer answer = new Wire(server.address()).get(STATUS);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    return answer.json();
  }

  @Test
  void itSaysHowLongTheServerIsUpAndWhatItUses() {
    try (var server =
        serve(
            endpoints ->
                endpoints
                    .storeKind("valkey")
                    .limits(RequestLimits.builder().maxWatches(7).build()))) {
      clock.advance(Duration.ofMillis(90_500));

      JsonNode status = statusOf(server);

      assertThat(status.path("uptime_seconds").decimalValue()).isEqualByComparingTo("90.5");
      assertThat(status.path("store").toString())
          .isEqualTo("{\"kind\":\"valkey\",\"state\":\"up\"}");
      assertThat(status.path("draining").booleanValue()).isFalse();
      assertThat(status.path("watches").toString()).isEqualTo("{\"used\":0,\"max\":7}");
      assertThat(status.at("/request_bytes/max").longValue()).isEqualTo((1 << 30) / 16);
      assertThat(status.at("/response_bytes/max").longValue()).isEqualTo((1 << 30) / 8);
    }
  }

  @Test
  void aStoreThatIsDownIsSaidToBeAndNothingOfItsWhereabouts() {
    registry.failWith(new StoreUnavailableException("valkey at secret-host:6379", null, null));
    try (var server = serve(endpoints -> endpoints)) {
      assertThat(statusOf(server).path("store").toString()).isEqualTo("{\"state\":\"down\"}");
    }
  }

  @Test
  void aServerThatDrainsSaysSo() {
    var endpoints = RegistryEndpoints.of(registry);
    try (var server = RegistryHttpServer.builder(endpoints).start()) {
      endpoints.drain();

      assertThat(statusOf(server).path("draining").booleanValue()).isTrue();
    }
  }

  @Test
  void itNeedsTheKeyWhereReadsDo() {
    ServiceKeys keys = ServiceKeys.of(List.of("sesame"));
    try (var open = serve(endpoints -> endpoints.serviceKeys(keys));
        var locked = serve(endpoints -> endpoints.serviceKeys(keys).keyForReads())) {
      assertThat(new Wire(open.address()).get(STATUS).status()).isEqualTo(200);
      Wire wire = new Wire(locked.address());
      assertProblem(wire.get(STATUS), 401, "unauthorized").at(STATUS);
      assertThat(wire.send("GET", STATUS, "X-Service-Key: sesame").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Memory", "valkey://host", "-", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
  void aKindOfStoreThatIsNoSchemeIsRefused(String kind) {
    var endpoints = RegistryEndpoints.builder(registry);
    assertThatThrownBy(() -> endpoints.storeKind(kind))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not '" + kind + "'");
  }
}
