package dev.rollcall.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a page of somebody else can do to a server on the same host, through its visitor's browser.
 */
class ForeignPageTest extends PageFixture {
  private static final String BODY = "{\"id\":\"taken\",\"url\":\"http://evil\",\"info\":{}}";

  private HttpServer elsewhere;

  @BeforeEach
  void serveElsewhere() throws IOException {
    elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    elsewhere.createContext(
        "/",
        exchange -> {
          byte[] page = "<!doctype html><title>Elsewhere</title>".getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    elsewhere.start();
    register("taken", Map.of());
    browser.driver().get("http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/");
  }

  @AfterEach
  void stopElsewhere() {
    elsewhere.stop(0);
  }

  /** Has the page send a request, and waits until the browser has dealt with it. */
  private void fetch(String path, String options) {
    browser.run(
        "window.done = false; fetch('%s%s', %s).catch(() => {}).finally(() => window.done = true)"
            .formatted(server.url(), path, options));
    browser.await("window.done");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "new Blob(['%s'])", // has no type, so the browser sends none and does not ask before
        "new Blob(['%s'], { type: 'text/plain' })",
        "'%s'",
        "new URLSearchParams('%s')"
      })
  void itTakesNoIdOver(String body) {
    fetch(
        "/services/$register",
        "{ method: 'POST', mode: 'no-cors', body: %s }".formatted(body.formatted(BODY)));

    assertThat(registry.find("taken").orElseThrow().url()).isEqualTo("http://taken:8000");
  }

  @Test
  void itReadsAndRemovesNothing() {
    fetch("/services/taken", "{ method: 'DELETE' }");
    browser.run(
        "window.read = ''; fetch('%s/services').then(a => a.text()).then(t => window.read = t)"
                .formatted(server.url())
            + ".catch(() => window.read = 'refused')");
    browser.await("window.read !== ''");

    assertThat(browser.<String>run("return window.read")).isEqualTo("refused");
    assertThat(registry.find("taken")).isPresent();
  }

  @Test
  void aNameThatMeansThisHostForAWhileReadsNothing() {
    String rebound = "http://rebound.example:" + server.address().getPort();
    browser.driver().get(rebound + "/services");
    assertThat(browser.find("body").getText())
        .contains("host-not-allowed")
        .doesNotContain("http://taken:8000");

    browser.run(
        "window.answered = 0; fetch('/services/taken', { method: 'DELETE' })"
            + ".then(a => window.answered = a.status)");
    browser.await("window.answered !== 0");

    assertThat(browser.<Long>run("return window.answered")).isEqualTo(403);
    assertThat(registry.find("taken")).isPresent();
  }

  @Test
  void whereTheOperatorNamesItsOriginItReads() {
    server.close();
    String origin = "http://127.0.0.1:" + elsewhere.getAddress().getPort();
    RegistryEndpoints handler = RegistryEndpoints.builder(registry).corsOrigin(origin).build();
    server = RegistryHttpServer.builder(handler).start();

    browser.run(
        "window.read = ''; fetch('%s/services', { headers: { 'X-Service-Key': 'any' } })"
                .formatted(server.url())
            + ".then(a => a.text()).then(t => window.read = t).catch(e => window.read = `${e}`)");
    browser.await("window.read !== ''");

    assertThat(browser.<String>run("return window.read")).contains("\"id\":\"taken\"");
  }
}
