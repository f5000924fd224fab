package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.http.server.contract.LongPollContract;
import dev.rollcall.http.server.harness.JdkServers;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.ServerFactory;
import dev.rollcall.http.server.harness.WatchedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("not-on-jetty")
class LongPollTest extends LongPollContract {
  @Override
  protected ServerFactory servers() {
    return new JdkServers();
  }

  @Test
  @Timeout(60)
  void anErrorOfAWaitingRequestEndsItsConnectionAndNothingElse() throws IOException {
    AtomicBoolean fails = new AtomicBoolean();
    LongSupplier clock =
        () -> {
          if (Thread.currentThread().getName().equals("rollcall-stream")
              && fails.getAndSet(false)) {
            throw new OutOfMemoryError("a test's own");
          }
          return System.nanoTime();
        };
    try (var served = new WatchedRegistry(servers(), endpoints -> endpoints.nanoTime(clock));
        var connection = new RawHttp(served.address())) {
      fails.set(true);
      connection.send(
          "GET /services?wait=50 HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: x\r\n\r\n");

      assertThat(connection.isAtEnd()).isTrue();
      served.awaitOpen(0);
      assertThat(fails).isFalse();
      assertThat(served.wire().get("/services").status()).isEqualTo(200);
    }
  }

  @Test
  void aServerThatCannotKeepResponsesOpenSaysSoAndAnswersStreamsWithTheList() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", RegistryHandler.of(new ScriptedRegistry()));
    server.start();
    try {
      Wire wire = new Wire(server.getAddress());
      assertProblem(
          wire.send("GET", "/services?wait=5", "If-None-Match: x"), 501, "waiting-unsupported");
      RawHttp.Answer list = wire.send("GET", "/services", "Accept: text/event-stream");
      assertThat(list.header("Content-Type")).isEqualTo("application/json");
      assertThat(list.json().path("count").intValue()).isZero();
    } finally {
      server.stop(0);
      threads.shutdown();
    }
  }
}
