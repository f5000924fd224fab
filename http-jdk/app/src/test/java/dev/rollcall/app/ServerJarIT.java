package dev.rollcall.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.ChildJvm;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The runnable jar itself, as an operator runs it. */
@Timeout(120)
class ServerJarIT {
  private static final String SERVES_AT = "Rollcall serves at ";
  private static final String JAR = System.getProperty("rollcall.server.jar");

  private static ChildJvm start(String... options) {
    List<String> arguments = new ArrayList<>(List.of("-jar", JAR));
    arguments.addAll(List.of(options));
    return ChildJvm.start(arguments);
  }

  private static InetSocketAddress addressOf(ChildJvm jvm) throws IOException {
    String line = jvm.readLineWith(SERVES_AT);
    URI url = URI.create(line.substring(SERVES_AT.length()));
    assertThat(url).hasScheme("http").hasHost("127.0.0.1").hasPath("");
    return new InetSocketAddress(url.getHost(), url.getPort());
  }

  @Test
  void onceItHasPrintedItsUrlItServes() throws Exception {
    try (ChildJvm jvm = start("--port=0", "--default-ttl=45s", "--store=memory:?max-services=1")) {
      Wire wire = new Wire(addressOf(jvm));

      assertThat(wire.get("/health").text()).isEqualTo("{\"status\":\"healthy\"}");
      String lease = wire.registered("a");
      assertThat(wire.put("/services/a/$ping?lease=" + lease).status()).isEqualTo(200);
      assertThat(wire.get("/services/a").json().path("ttl_seconds").intValue()).isEqualTo(45);
      assertThat(wire.register("{\"url\":\"http://h\",\"info\":{}}").status()).isEqualTo(503);
      assertThat(wire.delete("/services/a").status()).isEqualTo(200);
    }
  }

  @Test
  void itShowsItsPageItsMetricsAndALogOfJson() throws Exception {
    try (ChildJvm jvm = start("--port=0", "--log-format=json")) {
      Wire wire = new Wire(addressOf(jvm));
      wire.registered("a");

      assertThat(wire.get("/").text()).startsWith("<!doctype html>");
      assertThat(wire.get("/metrics").text())
          .contains("rollcall_services 1.0\n", "rollcall_registrations_total 1.0\n");
      awaitMetric(
          wire, "rollcall_requests_seconds_bucket{operation=\"register\",status=\"2xx\",le=");
      assertThat(wire.get("/metrics").header("Content-Type"))
          .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
      jvm.terminate();

      assertThat(jvm.readRest().lines())
          .allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("\"}"))
          .anyMatch(line -> line.contains("\"event\":\"service.registered\",\"service_id\":\"a\""))
          .anyMatch(line -> line.contains("\"event\":\"server.stopped\""));
    }
  }

  /** Waits for what the server counts of a request: it does so after the answer has left. */
  private static void awaitMetric(Wire wire, String start) {
    String metrics;
    do {
      metrics = wire.get("/metrics").text();
    } while (!metrics.contains(start));
  }

  @Test
  void ofPingsTheLogTellsAtDebugAlone() throws Exception {
    try (ChildJvm jvm = start("--port=0", "--log-level=debug", "--trust-forwarded")) {
      Wire wire = new Wire(addressOf(jvm));
      wire.registered("a");
      wire.send("PUT", "/services/a/$ping", "X-Forwarded-For: 192.0.2.7");
      jvm.terminate();

      assertThat(jvm.readRest().lines().filter(line -> line.contains("=ping ")))
          .singleElement()
          .asString()
          .contains(
              " level=debug event=request.answered operation=ping status=200 client=192.0.2.7 ");
    }
  }

  @Test
  void pageAndMetricsCanBeLeftOut() throws Exception {
    try (ChildJvm jvm = start("--port=0", "--without-page", "--without-metrics")) {
      Wire wire = new Wire(addressOf(jvm));

      for (String path : List.of("/", "/assets/page.js", "/metrics")) {
        assertThat(wire.get(path).status()).as(path).isEqualTo(404);
      }
      assertThat(wire.get("/openapi.json").status()).isEqualTo(200);
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
  void askedToStopItFinishesTheRequestThatRunsAndExitsWell() throws Exception {
    try (ChildJvm jvm = start("--port=0")) {
      InetSocketAddress address = addressOf(jvm);
      byte[] body = "{\"url\":\"http://h\",\"info\":{}}".getBytes(UTF_8);
      try (var running = new RawHttp(address)) {
        running.send(
            "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n");
        running.send("Content-Length: " + body.length + "\r\n\r\n");
        assertThat(running.read(false).status()).isEqualTo(100); // a thread waits for the body

        jvm.terminate();
        awaitNoMoreRequests(address);
        running.send(body);

        assertThat(running.read(false).status()).isEqualTo(201);
      }
      assertThat(jvm.readRest())
          .contains("event=server.stopping", "event=server.stopped")
          .doesNotContain("Exception");
      assertThat(jvm.exitCode()).isZero();
    }
  }

  /** Waits until the server has begun to close: from then on it answers no new request. */
  private static void awaitNoMoreRequests(InetSocketAddress address) {
    boolean serves = true;
    while (serves) {
      try {
        serves = new Wire(address).get("/health").status() == 200;
      } catch (UncheckedIOException e) {
        serves = false;
      }
    }
  }

  @Test
  void aRequestThatStallsIsCutOff() throws Exception {
    List<String> arguments = List.of("-Dsun.net.httpserver.maxReqTime=1", "-jar", JAR, "--port=0");
    try (ChildJvm jvm = ChildJvm.start(arguments)) {
      InetSocketAddress address = addressOf(jvm);
      try (var stalled = new RawHttp(address)) {
        stalled.send(
            "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");

        assertThat(stalled.isAtEnd()).isTrue();
      }
      assertThat(new Wire(address).get("/health").status()).isEqualTo(200);
    }
  }

  @Test
  void helpAndVersionAnswerAndEnd() throws Exception {
    try (ChildJvm help = start("--help");
        ChildJvm version = start("--version")) {
      assertThat(help.readRest()).startsWith("Usage: rollcall-server");
      assertThat(help.exitCode()).isZero();
      assertThat(version.readRest()).matches("rollcall-server \\d+\\.\\d+\\.\\d+.*");
      assertThat(version.exitCode()).isZero();
    }
  }

  @Test
  void aWarmUpUsesEachPartOfAServerAndEndsWell() throws Exception {
    try (ChildJvm warmUp = start("warm-up")) {
      assertThat(warmUp.readRest())
          .contains("event=server.started", "event=service.deregistered", "event=server.stopped")
          .doesNotContain("level=error", "level=warn");
      assertThat(warmUp.exitCode()).isZero();
    }
  }

  @Test
  void whatItCannotDoIsOneLineAndAnExitCode() throws Exception {
    try (ChildJvm unknownStore = start("--store=floppy:");
        ChildJvm badOption = start("--port=x")) {
      assertThat(unknownStore.readRest().lines())
          .singleElement()
          .asString()
          .startsWith("rollcall-server: --store: no store on the class path answers for 'floppy:'");
      assertThat(unknownStore.exitCode()).isEqualTo(1);
      assertThat(badOption.readRest()).contains("--port");
      assertThat(badOption.exitCode()).isEqualTo(2);
    }
  }
}
