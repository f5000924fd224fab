package dev.rollcall.http.server.jdk;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.harness.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The handler in a server that the application owns, without an executor. */
class RegistryHandlerTest {
  private final ServiceRegistry one = ServiceRegistry.open("memory:");
  private final ServiceRegistry two = ServiceRegistry.open("memory:");
  private final HttpServer server = start();
  private final Wire wire = new Wire(server.getAddress());

  private static HttpServer start() {
    try {
      var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      HttpServer server = HttpServer.create(any, 0);
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() {
    server.stop(0);
    one.close();
    two.close();
  }

  private void register(String basePath) {
    byte[] body = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}".getBytes(UTF_8);
    var answer = wire.send("POST", basePath + "/services/$register", body);
    assertThat(answer.header("Location"))
        .isEqualTo("http://localhost:9000" + basePath + "/services/a");
  }

  @Tag("not-on-jetty")
  @Test
  void twoHandlersOnOneServerKnowNothingOfEachOther() {
    server.createContext("/one", RegistryHandler.of(one));
    server.createContext("/two/deep/", RegistryHandler.of(two));

    register("/one");

    assertThat(wire.get("/one/services/a").status()).isEqualTo(200);
    assertProblem(wire.get("/two/deep/services/a"), 404, "not-found");
    register("/two/deep");
    assertThat(wire.delete("/one/services/a").status()).isEqualTo(200);
    assertThat(wire.get("/two/deep/services/a").status()).isEqualTo(200);
  }

  @Test
  void oneHandlerMayStandUnderSeveralPaths() {
    RegistryHandler handler = RegistryHandler.of(one);
    server.createContext("/", handler);
    server.createContext("/v2", handler);

    register("/v2");
    register("");

    assertThat(wire.get("/services").text()).isEqualTo(wire.get("/v2/services").text());
    assertProblem(wire.get("/v2foo/services"), 404, "no-such-path");
  }

  @Test
  void aHandlerLeavesTheRegistryToItsOwner() {
    server.createContext("/", RegistryHandler.of(one));
    register("");
    server.removeContext("/");

    assertThat(one.find("a")).isPresent();
  }

  @Test
  void aHandlerNeedsARegistry() {
    assertThatNullPointerException()
        .isThrownBy(() -> RegistryHandler.of(none()))
        .withMessage("registry");
  }

  @SuppressWarnings("NullAway")
  private static ServiceRegistry none() {
    return null;
  }
}
