package dev.rollcall.http.server.jdk;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.http.server.ServiceKeys;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A port for those who watch over the server. */
@Timeout(60)
class ObservePortTest {
  private static ServedRegistry serve() {
    return new ServedRegistry(
        endpoints -> endpoints.metrics(() -> "a_meter 1\n").metricsApart(),
        server -> server.basePath("/v2").observePort(0));
  }

  private static Wire observed(ServedRegistry served) {
    return new Wire(served.server().observeAddress().orElseThrow());
  }

  @Tag("not-on-jetty")
  @Test
  void healthAndMetricsAreThereAndNothingElse() {
    try (ServedRegistry served = serve()) {
      Wire observed = observed(served);

      for (String path : List.of("/health", "/health/live", "/health/ready")) {
        assertThat(observed.get(path).status()).as(path).isEqualTo(200);
      }
      assertThat(observed.get("/metrics").text()).isEqualTo("a_meter 1\n");
      for (String path :
          List.of("/", "/services", "/v2/services", "/v2/health", "/openapi.json", "/%2f")) {
        assertThat(observed.get(path).status()).as(path).isEqualTo(404);
      }
      assertProblem(observed.register("{}"), 404, "no-such-path");
      assertThat(observed.get("/services").text())
          .contains("this port has health, health/live, health/ready, metrics");
      assertProblem(observed.delete("/metrics"), 405, "method-not-allowed");
    }
  }

  @Test
  void theOtherPortKeepsHealthAndHasNoMetrics() {
    try (ServedRegistry served = serve()) {
      for (String path : List.of("/health/ready", "/v2/health/ready", "/v2/services")) {
        assertThat(served.wire().get(path).status()).as(path).isEqualTo(200);
      }
      for (String path : List.of("/metrics", "/v2/metrics")) {
        assertThat(served.wire().get(path).status()).as(path).isEqualTo(404);
      }
    }
  }

  @Test
  void keysForReadsAreNeededForItsMetrics() {
    ServiceKeys keys = ServiceKeys.of(List.of("k")).requiredForReads();
    try (var served =
        new ServedRegistry(
            endpoints -> endpoints.metrics(() -> "a_meter 1\n").serviceKeys(keys),
            server -> server.observePort(0).observeHost("127.0.0.1"))) {
      Wire observed = observed(served);

      assertProblem(observed.get("/metrics"), 401, "unauthorized");
      assertThat(observed.send("GET", "/metrics", "Authorization: Bearer k").status())
          .isEqualTo(200);
      assertThat(observed.get("/health").status()).isEqualTo(200);
      assertThat(served.wire().send("GET", "/metrics", "X-Service-Key: k").status()).isEqualTo(200);
    }
  }

  @Test
  void whileTheServerDrainsItSaysSo() throws Exception {
    try (var served =
        new ServedRegistry(
            endpoints -> endpoints,
            server -> server.observePort(0).drainDelay(Duration.ofMinutes(10)))) {
      Wire observed = observed(served);
      Thread closing = new Thread(served.server()::close);
      closing.start();
      while (observed.get("/health/ready").status() == 200) {
        Thread.onSpinWait();
      }

      assertThat(observed.get("/health/live").status()).isEqualTo(200);
      assertThat(served.wire().get("/services").status()).isEqualTo(200);
      closing.interrupt(); // so it waits no longer
      closing.join();
      assertThat(closing.isAlive()).isFalse();
    }
  }

  @Test
  void ifItsPortIsTakenNothingIsServed() throws Exception {
    InetAddress here = InetAddress.getLoopbackAddress();
    try (var taken = new ServerSocket(0, 1, here)) {
      int port = freePort();

      assertThatThrownBy(
              () ->
                  new ServedRegistry(
                      endpoints -> endpoints,
                      server -> server.port(port).observePort(taken.getLocalPort())))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cannot listen at 127.0.0.1:" + taken.getLocalPort());
      try (var again = new ServerSocket(port, 1, here)) {
        assertThat(again.isBound()).isTrue();
      }
    }
  }

  private static int freePort() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @Test
  void aPortIsBounded() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ServedRegistry(e -> e, server -> server.observePort(65_536)));
  }
}
