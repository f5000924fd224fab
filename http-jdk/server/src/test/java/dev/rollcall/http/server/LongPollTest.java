package dev.rollcall.http.server;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.http.server.contract.LongPollContract;
import dev.rollcall.http.server.harness.JdkServers;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.ServerFactory;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("not-on-jetty")
class LongPollTest extends LongPollContract {
  @Override
  protected ServerFactory servers() {
    return new JdkServers();
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
