package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pings of one service through the bundled server, against the JDK's server alone. Both run all the
 * while and are asked in turn, so that what else the machine does falls on both.
 */
final class HttpPingBenchmark {
  private static final int CONNECTIONS = 32;
  private static final int ROUNDS = 7;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration ROUND = Duration.ofSeconds(4);

  private HttpPingBenchmark() {}

  static List<Row> run() throws Exception {
    return run("HTTP ping", "memory:", ">= 0.90");
  }

  /** Measures with a Valkey behind the server. */
  static List<Row> runWithValkey() throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start()) {
      return run("HTTP ping, Valkey behind it", valkey.uri(), ">= 0.60");
    }
  }

  private static List<Row> run(String name, String store, String goal) throws Exception {
    try (ChildJvm server =
        ChildJvm.start("-jar", ChildJvm.serverJar(), "--port", "0", "--store", store)) {
      URI url = server.awaitUrl();
      byte[] ping = HttpLoad.request("PUT", url, register(url));
      int answerBytes = HttpLoad.run(url, ping, CONNECTIONS, WARM_UP).bodyBytes();
      try (ChildJvm floor =
          ChildJvm.start(
              "-cp",
              ChildJvm.classPath(),
              BareServer.class.getName(),
              Integer.toString(answerBytes))) {
        URI floorUrl = floor.awaitUrl();
        byte[] bare = HttpLoad.request("PUT", floorUrl, "/");
        HttpLoad.run(floorUrl, bare, CONNECTIONS, WARM_UP);
        return compare(name, goal, url, ping, floorUrl, bare);
      }
    }
  }

  private static String register(URI url) {
    try (var registry = HttpServiceRegistry.connect(url.toString())) {
      var lease =
          registry.register(
              Registration.of("http://my-service:8000")
                  .id("my-service")
                  .ttl(Duration.ofHours(1))
                  .build());
      return "/services/my-service/$ping?lease=" + lease.leaseId().orElseThrow();
    }
  }

  private static List<Row> compare(
      String name, String goal, URI url, byte[] ping, URI floorUrl, byte[] bare) throws Exception {
    List<HttpLoad.Result> ours = new ArrayList<>();
    List<HttpLoad.Result> floors = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ours.add(HttpLoad.run(url, ping, CONNECTIONS, ROUND));
      floors.add(HttpLoad.run(floorUrl, bare, CONNECTIONS, ROUND));
    }
    String floor = "constant answer of the JDK's server";
    return List.of(
        new Row(
            name + ", 32 connections",
            median(ours, HttpLoad.Result::perSecond),
            "/s",
            floor,
            median(floors, HttpLoad.Result::perSecond),
            goal),
        new Row(
            name + ", p99",
            median(ours, HttpLoad.Result::p99Millis),
            "ms",
            floor,
            median(floors, HttpLoad.Result::p99Millis),
            ""));
  }

  private static double median(
      List<HttpLoad.Result> results, java.util.function.ToDoubleFunction<HttpLoad.Result> figure) {
    double[] sorted = results.stream().mapToDouble(figure).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
