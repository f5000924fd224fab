package dev.rollcall.examples.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Asks a server as fast as it answers: one thread, some connections, one request under way on each.
 */
final class HttpLoad {
  private HttpLoad() {}

  /**
   * What came of it.
   *
   * @param count how many answers there were
   * @param perSecond answers a second
   * @param p50Millis half of the answers took at most so long
   * @param p99Millis 99 % of them did
   * @param bodyBytes the size of an answer's body
   */
  record Result(long count, double perSecond, double p50Millis, double p99Millis, int bodyBytes) {}

  /** Returns a request as it goes over the wire. */
  static byte[] request(String method, URI server, String path, String... headers) {
    return requestWithBody(method, server, path, "", headers);
  }

  /** Returns a request with a body of ASCII as it goes over the wire. */
  static byte[] requestWithBody(
      String method, URI server, String path, String body, String... headers) {
    String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    String head =
        "%s %s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %s\r\n\r\n"
            .formatted(method, path, server.getAuthority(), more, body.length());
    return (head + body).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Returns a figure of the round in the middle. */
  static double median(List<Result> results, ToDoubleFunction<Result> figure) {
    double[] sorted = results.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** Returns the entity tag of an answer. */
  static String tag(URI server, byte[] request) throws IOException {
    try (Selector selector = Selector.open();
        var connection = LoadConnection.open(addressOf(server), selector, request)) {
      boolean isWhole = false;
      while (!isWhole) {
        selector.select();
        selector.selectedKeys().clear();
        isWhole = connection.readWhole();
      }
      return connection.header("etag").replaceFirst("^w/", "W/");
    }
  }

  private static InetSocketAddress addressOf(URI server) {
    return new InetSocketAddress(server.getHost(), server.getPort());
  }

  static Result run(URI server, byte[] request, int connections, Duration time) throws IOException {
    return run(server, Collections.nCopies(connections, request), time);
  }

  /** Does so with a connection for each of the requests. */
  static Result run(URI server, List<byte[]> requests, Duration time) throws IOException {
    var latencies = new Latencies();
    List<LoadConnection> open = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      InetSocketAddress address = addressOf(server);
      for (byte[] request : requests) {
        open.add(LoadConnection.open(address, selector, request));
      }
      long start = System.nanoTime();
      long end = start + time.toNanos();
      while (System.nanoTime() - end < 0) {
        selector.select(
            key -> {
              LoadConnection connection = (LoadConnection) key.attachment();
              if (connection.readWhole()) {
                latencies.add(connection.nanosSinceRequest());
                connection.send();
              }
            },
            1_000);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Result(
          latencies.count(),
          latencies.count() / seconds,
          latencies.percentileMillis(0.50),
          latencies.percentileMillis(0.99),
          open.get(0).bodyBytes());
    } finally {
      for (LoadConnection connection : open) {
        connection.close();
      }
    }
  }
}
