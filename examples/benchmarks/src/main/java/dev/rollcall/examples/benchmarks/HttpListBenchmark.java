package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.http.client.HttpServiceRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A list of 10,000 services of 350 bytes from the bundled server: whole, unchanged and compressed.
 */
final class HttpListBenchmark {
  private static final int SERVICES = 10_000;
  private static final int BYTES_EACH = 350;
  private static final double GOAL_MILLIS = 25;
  private static final double VALKEY_GOAL_MILLIS = 100;
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration ROUND = Duration.ofSeconds(15);

  private HttpListBenchmark() {}

  static List<Row> run() throws Exception {
    return run("", "memory:", GOAL_MILLIS);
  }

  /** Measures with a Valkey behind the server. */
  static List<Row> runWithValkey(String storeUri) throws Exception {
    return run(" with Valkey behind it", storeUri, VALKEY_GOAL_MILLIS);
  }

  private static List<Row> run(String where, String store, double goalMillis) throws Exception {
    try (JavaProcess server =
        JavaProcess.start("-jar", JavaProcess.serverJar(), "--port", "0", "--store", store)) {
      URI url = server.awaitUrl();
      register(url);
      byte[] list = HttpLoad.request("GET", url, "/services");
      HttpLoad.run(url, list, 1, WARM_UP);
      HttpLoad.Result result = HttpLoad.run(url, list, 1, ROUND);
      byte[] known =
          HttpLoad.request("GET", url, "/services", "If-None-Match: " + HttpLoad.tag(url, list));
      HttpLoad.run(url, known, 1, WARM_UP);
      HttpLoad.Result unchanged = HttpLoad.run(url, known, 1, ROUND);
      byte[] compressed = HttpLoad.request("GET", url, "/services", "Accept-Encoding: gzip");
      HttpLoad.run(url, compressed, 1, WARM_UP);
      HttpLoad.Result zipped = HttpLoad.run(url, compressed, 1, ROUND);
      return List.of(
          new Row(
              String.format(
                  Locale.ROOT,
                  "List of 10,000 services of %d bytes over HTTP%s, p50",
                  result.bodyBytes() / SERVICES,
                  where),
              result.p50Millis(),
              "ms",
              "the goal",
              goalMillis,
              "<= 1"),
          new Row(
              "The same with If-None-Match, unchanged (304)" + where + ", p50",
              unchanged.p50Millis(),
              "ms",
              "the whole list",
              result.p50Millis(),
              "<= 0.2"),
          new Row(
              "The same with Accept-Encoding: gzip" + where + ", size",
              zipped.bodyBytes() / 1e3,
              "kB",
              "as it is",
              result.bodyBytes() / 1e3,
              "<= 0.2"),
          new Row(
              "The same with Accept-Encoding: gzip" + where + ", p50",
              zipped.p50Millis(),
              "ms",
              "the whole list",
              result.p50Millis(),
              "none"));
    }
  }

  private static void register(URI url) {
    try (var registry = HttpServiceRegistry.connect(url.toString())) {
      // 270 bytes are the other fields of a detail, the comma and this info's name and quotes.
      Map<String, String> info = Map.of("display_name", "x".repeat(BYTES_EACH - 270));
      for (int i = 0; i < SERVICES; i++) {
        registry.register(
            Registration.builder(String.format(Locale.ROOT, "http://service-%05d:8000", i))
                .id(String.format(Locale.ROOT, "service-%05d", i))
                .info(info)
                .ttl(Duration.ofHours(1))
                .build());
      }
    }
  }
}
