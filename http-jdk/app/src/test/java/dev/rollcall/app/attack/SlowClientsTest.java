package dev.rollcall.app.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServerProcess;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that send little or nothing, or without end, beside one that pings. */
@Timeout(60)
class SlowClientsTest {
  private static final String HEAD =
      "PUT /services/a/$ping HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
  private static final String BODY =
      "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"url\":";

  /** Loose, since the tests share their machine; the benchmarks hold the tight one. */
  private static final Duration SERVED = Duration.ofSeconds(1);

  private final List<SocketChannel> open = new ArrayList<>();
  private ServerProcess server;

  @BeforeEach
  void start() throws IOException {
    server =
        ServerProcess.start(
            List.of("-Dsun.net.httpserver.maxReqTime=4", "-Dsun.net.httpserver.maxRspTime=4"),
            "--max-lists=2");
  }

  @AfterEach
  void close() throws IOException {
    for (SocketChannel channel : open) {
      channel.close();
    }
    server.close();
  }

  /** Opens connections that send a text and then nothing. */
  private void openSlow(int count, String text) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(server.address());
      channel.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
      open.add(channel);
    }
  }

  private static void awaitEnd(SocketChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1_000);
    try {
      while (channel.read(buffer.clear()) >= 0) {
        Thread.onSpinWait();
      }
    } catch (SocketException e) {
      // Reset is an end as well.
    }
  }

  @Test
  void thousandsOfIdleConnectionsDisturbNobodyInRealTime() throws Exception {
    openSlow(5_000, ""); // a JVM may open so many files where the system's hard limit lets it
    try (Bystander bystander = Bystander.at(server.address())) {
      Thread.sleep(2_000);
      assertThat(bystander.p99(open.size() + " idle connections")).isLessThan(SERVED);
    }
  }

  @Test
  void slowHeadsAndBodiesAreCutOffWhileOthersAreServedInRealTime() throws Exception {
    try (Bystander bystander = Bystander.at(server.address())) {
      openSlow(600, HEAD);
      openSlow(600, BODY);
      for (SocketChannel channel : open) {
        awaitEnd(channel); // the timeout of this class is the assertion
      }
      assertThat(bystander.p99("600 slow heads, 600 slow bodies")).isLessThan(SERVED);
    }
    assertThat(server.wire().get("/services").json().path("count").intValue()).isEqualTo(1);
  }

  @Test
  void aByteNowAndThenBuysNoMoreRealTime() throws Exception {
    try (var slow = new RawHttp(server.address())) {
      slow.send(HEAD);
      long start = System.nanoTime();
      try {
        while (true) {
          slow.send("x");
          Thread.sleep(50);
        }
      } catch (SocketException e) {
        assertThat(Duration.ofNanos(System.nanoTime() - start))
            .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(15));
      }
    }
  }

  @Test
  void readersThatDoNotReadHoldListsForABoundedRealTimeAndNothingElse() throws Exception {
    String info = "{\"k\":\"" + "x".repeat(100_000) + "\"}";
    for (int i = 0; i < 100; i++) { // a list of 10 MB fits no socket's buffers
      server.wire().register("{\"url\":\"http://h\",\"info\":" + info + "}");
    }
    try (Bystander bystander = Bystander.at(server.address())) {
      openSlow(8, "GET /services HTTP/1.1\r\nHost: localhost\r\n\r\n");
      awaitListStatus(503);
      awaitListStatus(200);
      assertThat(bystander.p99("lists that nobody reads")).isLessThan(SERVED);
    }
  }

  private void awaitListStatus(int status) throws InterruptedException {
    while (server.wire().get("/services").status() != status) {
      Thread.sleep(20);
    }
  }

  @Test
  void aBodyWithoutEndIsRefusedAndCutOffInRealTime() throws Exception {
    try (Bystander bystander = Bystander.at(server.address());
        var endless = new RawHttp(server.address());
        var chunked = new RawHttp(server.address())) {
      endless.send(
          "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999999999999\r\n\r\n");
      assertThat(endless.read(false).status()).isEqualTo(413);
      assertThat(bytesTaken(endless, " ".repeat(8_192))).isLessThan(64 << 20);

      chunked.send(
          "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
      String chunk = "2000\r\n" + " ".repeat(0x2000) + "\r\n";
      for (int sent = 0; sent <= 1 << 20; sent += 0x2000) {
        chunked.send(chunk);
      }
      Answer answer = chunked.read(false);
      assertThat(answer.status()).isEqualTo(413);
      assertThat(bytesTaken(chunked, chunk)).isLessThan(64 << 20);
      assertThat(bystander.p99("bodies without end")).isLessThan(SERVED);
    }
  }

  /** Sends on and on until the connection ends. */
  private static long bytesTaken(RawHttp connection, String piece) throws IOException {
    long taken = 0;
    try {
      while (taken < 1 << 30) {
        connection.send(piece);
        taken += piece.length();
      }
    } catch (SocketException e) {
      // It has ended.
    }
    return taken;
  }
}
