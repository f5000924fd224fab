package dev.rollcall.examples.benchmarks;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.registrar.Keepalive;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Pings of many services in one request, against the same pings one by one, through the bundled
 * server over a Valkey. What counts is the server's processor time: a process of its own, without
 * the clients and without Valkey.
 */
final class BatchPingBenchmark {
  private static final int PINGS = 1_000;
  private static final int SINGLE_CONNECTIONS = 32;
  private static final int BATCH_CONNECTIONS = 2;
  private static final int ROUNDS = 5;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration ROUND = Duration.ofSeconds(4);

  private static final int SERVICES = 10_000;
  private static final Duration FLEET_TIME = Duration.ofSeconds(30);
  private static final Logger LOG = Logger.getLogger("dev.rollcall");

  private BatchPingBenchmark() {}

  static List<Row> run() throws Exception {
    List<Row> rows = new ArrayList<>();
    try (ValkeyProcess valkey = ValkeyProcess.start();
        JavaProcess server =
            JavaProcess.start(
                "-jar",
                JavaProcess.serverJar(),
                "--port=0",
                "--log-level=warn",
                "--store",
                valkey.uri())) {
      URI url = server.awaitUrl();
      rows.add(comparePings(server, url));
      rows.addAll(compareFleets(server, url));
    }
    return rows;
  }

  private static Row comparePings(JavaProcess server, URI url) throws IOException {
    List<Lease> leases = new ArrayList<>();
    try (ServiceRegistry registry = HttpServiceRegistry.connect(url.toString())) {
      for (int i = 0; i < PINGS; i++) {
        Registration registration =
            Registration.builder("http://h:8000")
                .id("service-" + i)
                .ttl(Duration.ofHours(1))
                .build();
        leases.add(registry.register(registration));
      }
    }
    List<byte[]> single =
        leases.stream().limit(SINGLE_CONNECTIONS).map(lease -> ping(url, lease)).toList();
    List<byte[]> batch = Collections.nCopies(BATCH_CONNECTIONS, batch(url, leases));
    nanosPerRequest(server, url, single, WARM_UP);
    nanosPerRequest(server, url, batch, WARM_UP);
    List<Double> singles = new ArrayList<>();
    List<Double> batches = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      singles.add(nanosPerRequest(server, url, single, ROUND) * PINGS);
      batches.add(nanosPerRequest(server, url, batch, ROUND));
    }
    return new Row(
        "processor time of the server for a batch of 1,000 pings, Valkey",
        median(batches) / 1e6,
        "ms",
        "1,000 single pings, 32 connections",
        median(singles) / 1e6,
        "<= 0.10");
  }

  private static byte[] ping(URI url, Lease lease) {
    return HttpLoad.request(
        "PUT", url, "/services/" + lease.id() + "/$ping?lease=" + lease.leaseId().orElseThrow());
  }

  private static byte[] batch(URI url, List<Lease> leases) {
    String body =
        leases.stream()
            .map(
                lease ->
                    "{\"id\":\""
                        + lease.id()
                        + "\",\"lease_id\":\""
                        + lease.leaseId().orElseThrow()
                        + "\"}")
            .collect(Collectors.joining(",", "{\"leases\":[", "]}"));
    return HttpLoad.requestWithBody(
        "PUT", url, "/services/$ping", body, "Content-Type: application/json");
  }

  private static double nanosPerRequest(
      JavaProcess server, URI url, List<byte[]> requests, Duration time) throws IOException {
    long before = server.processorTime().toNanos();
    HttpLoad.Result result = HttpLoad.run(url, requests, time);
    return (server.processorTime().toNanos() - before) / (double) result.count();
  }

  private static double median(List<Double> figures) {
    return figures.stream().sorted().toList().get(figures.size() / 2);
  }

  private static List<Row> compareFleets(JavaProcess server, URI url) throws Exception {
    LOG.setLevel(Level.OFF); // ten thousand services that start have much to tell
    Load together = load(server, url, Fleet.of(url.toString(), SERVICES));
    Load oneByOne = load(server, url, Fleet.pingingOneByOne(url.toString(), SERVICES));
    String name = "10,000 services of one JVM, interval 10 s, ";
    String floor = "pinged one by one";
    return List.of(
        new Row(
            name + "requests for pings",
            together.requestsPerSecond(),
            "/s",
            floor,
            oneByOne.requestsPerSecond(),
            "<= 0.05"),
        new Row(
            name + "processor time of the server",
            together.processorPercent(),
            "% of a core",
            floor,
            oneByOne.processorPercent(),
            ""));
  }

  /** What a fleet costs a server. */
  private record Load(double requestsPerSecond, double processorPercent) {}

  private static Load load(JavaProcess server, URI url, Fleet fleet) throws Exception {
    try (fleet;
        Keepalive keepalive = Keepalive.create()) {
      fleet.start(keepalive);
      long requests = pingRequests(url);
      long processor = server.processorTime().toNanos();
      long start = System.nanoTime();
      Thread.sleep(FLEET_TIME.toMillis());
      double seconds = (System.nanoTime() - start) / 1e9;
      double used = server.processorTime().toNanos() - processor;
      Load load = new Load((pingRequests(url) - requests) / seconds, used / seconds / 1e7);
      if (fleet.lost() > 0) {
        throw new IllegalStateException(fleet.lost() + " services were lost");
      }
      return load;
    }
  }

  /** Returns how many requests for pings the server has answered, single ones and batches. */
  private static long pingRequests(URI url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url.resolve("/metrics")).build();
    String metrics =
        HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .body();
    return (long)
        metrics
            .lines()
            .filter(line -> line.startsWith("rollcall_requests_seconds_count{operation=\"ping"))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
  }
}
