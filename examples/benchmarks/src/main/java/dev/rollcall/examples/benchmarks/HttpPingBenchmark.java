package dev.rollcall.examples.benchmarks;

import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.File;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Pings of services, each on a connection of its own, through the bundled server, against the JDK's
 * server alone, which gets the same requests and answers as much. Both run all the while and are
 * asked in turn, so that what else the machine does falls on both. The property {@code provider}
 * may have the jars of another {@code HttpServer} for the bundled server to run on.
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
    try (JavaProcess server =
        JavaProcess.start(
            "-cp", serverClassPath(), "dev.rollcall.app.Main", "--port", "0", "--store", store)) {
      URI url = server.awaitUrl();
      List<String> paths = PingedService.registerAll(url, "none", CONNECTIONS);
      List<byte[]> pings = requests(url, paths);
      int answerBytes = HttpLoad.run(url, pings, WARM_UP).bodyBytes();
      try (JavaProcess floor =
          JavaProcess.start(
              "-cp",
              JavaProcess.classPath(),
              BareServer.class.getName(),
              Integer.toString(answerBytes))) {
        URI floorUrl = floor.awaitUrl();
        List<byte[]> bare = requests(floorUrl, paths);
        HttpLoad.run(floorUrl, bare, WARM_UP);
        return compare(name, goal, url, pings, floorUrl, bare);
      }
    }
  }

  private static List<byte[]> requests(URI server, List<String> paths) {
    return paths.stream().map(path -> HttpLoad.request("PUT", server, path)).toList();
  }

  private static String serverClassPath() {
    String jars = System.getProperty("provider", "");
    return jars.isEmpty()
        ? JavaProcess.serverJar()
        : JavaProcess.serverJar() + File.pathSeparator + jars;
  }

  private static List<Row> compare(
      String name, String goal, URI url, List<byte[]> pings, URI floorUrl, List<byte[]> bare)
      throws Exception {
    List<HttpLoad.Result> ours = new ArrayList<>();
    List<HttpLoad.Result> floors = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ours.add(HttpLoad.run(url, pings, ROUND));
      floors.add(HttpLoad.run(floorUrl, bare, ROUND));
    }
    String floor = "constant answer of the JDK's server";
    return List.of(
        new Row(
            name + ", 32 connections",
            HttpLoad.median(ours, HttpLoad.Result::perSecond),
            "/s",
            floor,
            HttpLoad.median(floors, HttpLoad.Result::perSecond),
            goal),
        new Row(
            name + ", p99",
            HttpLoad.median(ours, HttpLoad.Result::p99Millis),
            "ms",
            floor,
            HttpLoad.median(floors, HttpLoad.Result::p99Millis),
            ""));
  }
}
