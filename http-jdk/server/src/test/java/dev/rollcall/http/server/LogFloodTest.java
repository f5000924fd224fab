package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.RejectedException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.harness.CapturedLog;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No client fills the disk with lines, and a flood of some hides no others. */
class LogFloodTest {
  private static final int MAX_LINES = 10;
  private static final int REQUESTS = 30;

  private final ManualClock clock = new ManualClock();
  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final CapturedLog log = new CapturedLog("dev.rollcall.http", Level.INFO);

  private final RegistryHttpServer server =
      RegistryHttpServer.builder(
              RegistryEndpoints.builder(registry)
                  .nanoTime(clock)
                  .listener(
                      completed -> {
                        if (completed.operation().equals("find")) {
                          throw new IllegalStateException("a listener's own");
                        }
                      })
                  .build())
          .start();

  private final Wire wire = new Wire(server.address());

  @AfterEach
  void close() {
    server.close();
    log.close();
  }

  private List<String> of(String event, String operation) {
    return log.lines().stream()
        .filter(line -> line.startsWith(event + " operation=" + operation))
        .toList();
  }

  @Test
  void aCallThatIsRefusedAgainAndAgainIsSomeLinesOfWhichTheNextHasTheNumber() {
    assertIsBounded("registry.refused", new RejectedException("not for you", null), 502);
  }

  @Test
  void aBugThatIsMetAgainAndAgainIsSomeStackTracesOfWhichTheNextHasTheNumber() {
    assertIsBounded("request.failed", new IllegalStateException("a bug"), 500);
  }

  private void assertIsBounded(String event, RuntimeException failure, int status) {
    registry.failWith(failure);
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(wire.get("/services").status()).isEqualTo(status);
    }
    assertThat(wire.delete("/services/a").status()).isEqualTo(status);
    assertThat(of(event, "list")).hasSize(MAX_LINES).noneMatch(line -> line.contains("left_out"));
    assertThat(of(event, "deregister")).hasSize(1);

    clock.advance(Duration.ofMinutes(1));
    assertThat(wire.get("/services").status()).isEqualTo(status);

    assertThat(of(event, "list"))
        .hasSize(MAX_LINES + 1)
        .last()
        .asString()
        .endsWith(" left_out=" + (REQUESTS - MAX_LINES));
  }

  @Test
  void aListenerThatFailsAtEachRequestIsSomeLines() {
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(wire.get("/services/a").status()).isEqualTo(404);
    }
    server.close(); // The listener is told after the response.

    assertThat(log.lines())
        .filteredOn(line -> line.startsWith("listener.failed"))
        .hasSize(MAX_LINES);
  }
}
