package dev.rollcall.examples.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Pings while 5,000 other connections are open: 4,000 that send nothing, 500 that stop within a
 * request's head and 500 within its body. Rounds with and without them alternate.
 */
final class HttpCrowdBenchmark {
  private static final int IDLE = 4_000;
  private static final int SLOW_HEADS = 500;
  private static final int SLOW_BODIES = 500;
  private static final int CONNECTIONS = 32;
  private static final int ROUNDS = 5;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration ROUND = Duration.ofSeconds(5);

  private HttpCrowdBenchmark() {}

  static List<Row> run() throws Exception {
    try (JavaProcess server =
        JavaProcess.start(
            // Longer than a round, so that none of the crowd is cut off within it.
            "-Dsun.net.httpserver.maxReqTime=120", "-jar", JavaProcess.serverJar(), "--port=0")) {
      URI url = server.awaitUrl();
      List<byte[]> pings = PingedService.pings(url, "none", CONNECTIONS);
      HttpLoad.run(url, pings, WARM_UP);
      List<HttpLoad.Result> with = new ArrayList<>();
      List<HttpLoad.Result> without = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        without.add(HttpLoad.run(url, pings, ROUND));
        List<SocketChannel> crowd = crowdAt(url);
        with.add(HttpLoad.run(url, pings, ROUND));
        for (SocketChannel channel : crowd) {
          channel.close();
        }
      }
      return List.of(
          row("p99", with, without, HttpLoad.Result::p99Millis, "ms", "<= 3"),
          row("rate", with, without, HttpLoad.Result::perSecond, "/s", ""));
    }
  }

  private static Row row(
      String name,
      List<HttpLoad.Result> with,
      List<HttpLoad.Result> without,
      java.util.function.ToDoubleFunction<HttpLoad.Result> figure,
      String unit,
      String goal) {
    return new Row(
        "HTTP ping beside 5,000 idle and slow connections, " + name,
        HttpLoad.median(with, figure),
        unit,
        "without them",
        HttpLoad.median(without, figure),
        goal);
  }

  private static List<SocketChannel> crowdAt(URI server) throws IOException {
    List<SocketChannel> crowd = new ArrayList<>();
    String head = "PUT /services/a/$ping HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    String body =
        "POST /services/$register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"url\":";
    open(crowd, server, IDLE, "");
    open(crowd, server, SLOW_HEADS, head);
    open(crowd, server, SLOW_BODIES, body);
    return crowd;
  }

  private static void open(List<SocketChannel> crowd, URI server, int count, String text)
      throws IOException {
    var address = new InetSocketAddress(server.getHost(), server.getPort());
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(address);
      channel.write(ByteBuffer.wrap(bytes));
      crowd.add(channel);
    }
  }
}
