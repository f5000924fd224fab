package dev.rollcall.http.server.jdk;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.ServiceKeys;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A port for those who watch over the server. */
@Timeout(60)
class ObservePortTest {
  private static final int MAX_TRIES = 200;

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
    ServiceKeys keys = ServiceKeys.of(List.of("k"));
    try (var served =
        new ServedRegistry(
            endpoints -> endpoints.metrics(() -> "a_meter 1\n").serviceKeys(keys).keyForReads(),
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
  void endpointsWhoseServerDidNotStartServeElsewhere() throws Exception {
    try (var registry = ServiceRegistry.open("memory:");
        var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      RegistryEndpoints endpoints = RegistryEndpoints.of(registry);
      var observed = RegistryHttpServer.builder(endpoints).observePort(taken.getLocalPort());
      var observing =
          RegistryHttpServer.builder(endpoints).port(taken.getLocalPort()).observePort(0);

      for (RegistryHttpServer.Builder each : List.of(observed, observing)) {
        assertThatExceptionOfType(UncheckedIOException.class)
            .isThrownBy(each::start)
            .withMessageContaining("cannot listen");
      }

      try (RegistryHttpServer server = RegistryHttpServer.builder(endpoints).start()) {
        assertThat(new Wire(server.address()).get("/health/ready").status()).isEqualTo(200);
      }
    }
  }

  @Tag("not-on-jetty")
  @Test
  void aServerThatBrokeForGoodIsNotSaidToBeAlive() throws Exception {
    var told = new ArrayList<Throwable>();
    UncaughtExceptionHandler usual = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, cause) -> told.add(cause));
    try {
      boolean hasBroken = false;
      for (int i = 0; i < MAX_TRIES && !hasBroken; i++) {
        told.clear();
        hasBroken = isBrokenWhereItsPortIsStolen();
      }
      assertThat(hasBroken).as("its port was stolen in one of many tries").isTrue();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(usual);
    }
    // What ends a process is an error alone.
    assertThat(told).hasSize(2);
    assertThat(told.get(0)).isInstanceOf(IllegalStateException.class);
    assertThat(told.get(1)).isInstanceOf(Error.class).hasCause(told.get(0));
  }

  /** Returns whether the port was stolen before another server took the place of the broken one. */
  private static boolean isBrokenWhereItsPortIsStolen() throws Exception {
    try (ServedRegistry served = serve()) {
      // The last that was started is that of the services.
      Thread dispatcher =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("HTTP-Dispatcher"))
              .max(Comparator.comparingLong(Thread::getId))
              .orElseThrow();
      InetSocketAddress observed = served.server().observeAddress().orElseThrow();
      var isOver = new AtomicBoolean();
      var stolen = new AtomicReference<ServerSocket>();
      Thread thief =
          new Thread(() -> stolen.set(steal(served.server().address().getPort(), isOver)));
      thief.start();
      dispatcher
          .getUncaughtExceptionHandler()
          .uncaughtException(dispatcher, new IllegalStateException("a test's own"));
      isOver.set(true);
      thief.join();
      if (stolen.get() == null) {
        assertThat(new Wire(observed).get("/health/live").status()).isEqualTo(200);
        return false;
      }
      stolen.get().close();
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> new Socket(observed.getAddress(), observed.getPort()).close());
      return true;
    }
  }

  private static @Nullable ServerSocket steal(int port, AtomicBoolean isOver) {
    while (!isOver.get()) {
      try {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        Thread.onSpinWait(); // It is taken still.
      }
    }
    return null;
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
