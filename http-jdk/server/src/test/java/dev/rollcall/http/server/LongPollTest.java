package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.discovery.SetVersion;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.WatchedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that wait for a change of what their client knows. */
@Timeout(30)
class LongPollTest {
  private final WatchedRegistry served = new WatchedRegistry();

  @AfterEach
  void close() {
    served.close();
  }

  private String etag() {
    return "W/\"" + SetVersion.of(served.registry().list()) + "\"";
  }

  private static void ask(RawHttp connection, String etag, int seconds) throws IOException {
    connection.send(
        "GET /services?wait=%d HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: %s\r\n\r\n"
            .formatted(seconds, etag));
  }

  @Test
  void aPollIsAnsweredAtOnceIfSomethingElseIsKnown() throws IOException {
    served.register("a", "eu");
    try (RawHttp connection = new RawHttp(served.address())) {
      ask(connection, "W/\"" + "0".repeat(32) + "\"", 50);

      RawHttp.Answer answer = connection.read(false);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("ETag")).isEqualTo(etag());
      assertThat(answer.json()).isEqualTo(served.wire().get("/services").json());
    }
  }

  @Test
  void aPollIsAnsweredWhenSomethingChanges() throws IOException {
    served.register("a", "eu");
    try (RawHttp connection = new RawHttp(served.address())) {
      ask(connection, etag(), 50);
      served.register("b", "eu");

      RawHttp.Answer answer = connection.read(false);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().path("count").intValue()).isEqualTo(2);
      assertThat(answer.header("ETag")).isEqualTo(etag());
    }
  }

  @Test
  void aPollThatSeesNoChangeIsNotModifiedAndItsConnectionGoesOn() throws IOException {
    served.register("a", "eu");
    try (RawHttp connection = new RawHttp(served.address())) {
      for (int i = 0; i < 2; i++) {
        ask(connection, etag(), 1);
        Thread turner = turnUntilInterrupted(Duration.ofMillis(100));
        RawHttp.Answer answer = connection.read(false);
        turner.interrupt();
        assertThat(answer.status()).isEqualTo(304);
        assertThat(answer.header("ETag")).isEqualTo(etag());
      }
    }
  }

  /** Turns the clock on: it cannot be known when the request has begun to wait. */
  private Thread turnUntilInterrupted(Duration step) {
    Thread turner =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                served.clock().advance(step);
                served.registry().ping("a");
              }
            });
    turner.setDaemon(true);
    turner.start();
    return turner;
  }

  @Test
  void aServerThatCannotKeepResponsesOpenSaysSoAndAnswersStreamsWithTheList() throws IOException {
    served.register("a", "eu");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", RegistryHandler.of(served.registry()));
    server.start();
    try {
      Wire wire = new Wire(server.getAddress());
      assertProblem(
          wire.send("GET", "/services?wait=5", "If-None-Match: x"), 501, "waiting-unsupported");
      RawHttp.Answer list = wire.send("GET", "/services", "Accept: text/event-stream");
      assertThat(list.header("Content-Type")).isEqualTo("application/json");
      assertThat(list.json().path("count").intValue()).isEqualTo(1);
    } finally {
      server.stop(0);
      threads.shutdown();
    }
  }
}
