package dev.rollcall.app.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawStream;
import dev.rollcall.http.server.harness.ServerProcess;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Those who watch the bundled server, and its limits. */
@Timeout(60)
class WatchersTest {
  @Test
  void streamsAndWaitsEndOrderlyBeforeAShorterLimitOfTheJdkInRealTime() throws IOException {
    try (var server = ServerProcess.start(List.of("-Dsun.net.httpserver.maxRspTime=6"));
        RawStream stream = RawStream.open(server.address(), "/services");
        RawHttp poll = new RawHttp(server.address())) {
      String etag = server.wire().get("/services").header("ETag");
      poll.send(
          "GET /services?wait=50 HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: %s\r\n\r\n"
              .formatted(etag));

      assertThat(stream.untilEnd()).startsWith("snapshot 0").endsWith("sync");
      stream.ask("GET", "/services", "Last-Event-ID: " + stream.lastId());
      stream.readHead();
      assertThat(stream.untilSync()).containsExactly("sync");
      assertThat(poll.read(false).status()).isEqualTo(304);
    }
  }

  @Test
  void aClientThatReadsNothingIsCutOffCountedAndNamedInTheLogInRealTime() throws Exception {
    String info = "{\"filler\":\"" + "x".repeat(900_000) + "\"}";
    try (var server = ServerProcess.start(List.of());
        RawStream unread = new RawStream(server.address(), 4_096)) {
      for (int i = 0; i < 12; i++) {
        server.wire().register("{\"url\":\"http://h\",\"ttl_seconds\":600,\"info\":" + info + "}");
      }
      unread.ask("GET", "/services");
      awaitMetric(server, "rollcall_streams 1.0");

      awaitMetric(server, "rollcall_stream_cut_offs_total 1.0");
      awaitMetric(server, "rollcall_streams 0.0");
      server.terminate();
      assertThat(server.log().lines().filter(line -> line.contains("watch.cut_off")))
          .singleElement()
          .asString()
          .contains("level=warn", "client=127.0.0.1", "operation=watch", "it took nothing");
    }
  }

  private static void awaitMetric(ServerProcess server, String line) {
    String metrics = "";
    while (!metrics.contains(line + "\n")) {
      metrics = server.wire().get("/metrics").text();
    }
  }
}
