package dev.rollcall.http.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.discovery.SetVersion;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.WatchedRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that wait for a change of what their client knows. */
@Timeout(30)
public abstract class LongPollContract extends WatchServerContract {
  /** The tag of no set that a test has. */
  private static final String OTHER = "W/\"" + "0".repeat(31) + "1\"";

  private WatchedRegistry served;

  @BeforeEach
  void serve() {
    served = watched();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private String etag() {
    return "W/\"" + SetVersion.of(served.registry().list()) + "\"";
  }

  /**
   * Waits until the server knows the services. Until then it has nothing to say to one who waits,
   * if it stops or the clock is turned.
   */
  private static void awaitKnown(WatchedRegistry registry, RawHttp connection) throws IOException {
    ask(connection, OTHER, 1);
    assertThat(connection.read(false).status()).isEqualTo(200);
    registry.awaitOpen(0);
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
      ask(connection, OTHER, 50);

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
  void aPollThatSeesNoChangeIsNotModifiedAndItsConnectionGoesOn() throws Exception {
    served.register("a", "eu");
    try (RawHttp connection = new RawHttp(served.address())) {
      for (int i = 0; i < 2; i++) {
        awaitKnown(served, connection);
        ask(connection, etag(), 1);
        Thread turner = turnUntilInterrupted(Duration.ofMillis(100));
        RawHttp.Answer answer = connection.read(false);
        turner.interrupt();
        turner.join();
        assertThat(answer.status()).isEqualTo(304);
        assertThat(answer.header("ETag")).isEqualTo(etag());
      }
    }
  }

  @Test
  void anAnswerIsCompressedForWhoAcceptsItAsListsAre() throws IOException {
    for (int i = 0; i < 100; i++) {
      served.register("service-" + i, "eu");
    }
    HttpResponse<byte[]> plain = poll("identity");
    HttpResponse<byte[]> gzip = poll("gzip");

    assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(gzip.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(gzip.headers().firstValue("ETag")).isEqualTo(plain.headers().firstValue("ETag"));
    assertThat(plain.headers().firstValue("Vary")).contains("Accept-Encoding");
    assertThat(gzip.headers().firstValue("Vary")).contains("Accept-Encoding");
    assertThat(gzip.body().length).isLessThan(plain.body().length / 4);
    try (var in = new GZIPInputStream(new ByteArrayInputStream(gzip.body()))) {
      assertThat(in.readAllBytes()).isEqualTo(plain.body());
    }
  }

  @Test
  void aShortAnswerIsNotCompressed() throws IOException {
    served.register("a", "eu");

    HttpResponse<byte[]> answer = poll("gzip");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
  }

  /** Asks to wait for what is so at once. */
  private HttpResponse<byte[]> poll(String acceptEncoding) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + served.address().getPort() + "/services?wait=9");
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("If-None-Match", "\"x\"")
            .header("Accept-Encoding", acceptEncoding)
            .build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aPollIsAnsweredEarlyWherePlacesRunShort() throws IOException {
    try (WatchedRegistry full = new WatchedRegistry(servers(), WatchedRegistry.maxWatches(1));
        RawHttp connection = new RawHttp(full.address())) {
      String etag = full.wire().get("/services").header("ETag");
      awaitKnown(full, connection);
      ask(connection, etag, 50);
      full.awaitOpen(1);
      full.clock().advance(Duration.ofSeconds(6));
      assertThat(full.wire().send("GET", "/services", "Accept: text/event-stream").status())
          .isEqualTo(503);

      assertThat(connection.read(false).status()).isEqualTo(304);
    }
  }

  @Test
  void aServerThatStopsAnswersThoseWhoWait() throws Exception {
    served.register("a", "eu");
    try (RawHttp connection = new RawHttp(served.address())) {
      awaitKnown(served, connection);
      ask(connection, etag(), 50);
      served.awaitOpen(1);
      Thread stopping = new Thread(served.server()::close);
      stopping.start();

      RawHttp.Answer answer = connection.read(false);
      assertThat(answer.status()).isEqualTo(304);
      assertThat(answer.header("ETag")).isEqualTo(etag());
      stopping.join();
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
}
