package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * A relay: a server whose registry is another server. How long it takes until it knows {@code
 * -Drelayed} services, what heap they take there, and how much later than directly its streams are
 * told of a change.
 */
final class RelayBenchmark {
  private static final int SERVICES = Integer.getInteger("relayed", 100_000);
  private static final int UNDER_WAY = 64;
  private static final int CHANGES = 3_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration TTL = Duration.ofHours(2);

  private RelayBenchmark() {}

  static List<Row> run() throws Exception {
    try (JavaProcess origin =
        JavaProcess.start(
            "-Xmx4g",
            "-jar",
            JavaProcess.serverJar(),
            "--port=0",
            "--log-level=warn",
            "--store=memory:")) {
      URI url = origin.awaitUrl();
      try (var registry = HttpServiceRegistry.builder(url.toString()).timeout(TIMEOUT).build()) {
        register(registry);
        long empty = Heap.used();
        try (RegistryHttpServer relay = RegistryHttpServer.builder(registry).port(0).start()) {
          return compare(url, relay.url(), empty);
        }
      }
    }
  }

  private static List<Row> compare(URI url, URI relay, long emptyBytes) throws Exception {
    try (Poster poster = new Poster(url, "/services/$register")) {
      Latencies directly;
      try (EventCrowd direct = EventCrowd.open(url, 1)) {
        directly = told(poster, direct);
      }
      long start = System.nanoTime();
      try (EventCrowd relayed = EventCrowd.openWhenKnown(relay)) {
        double seconds = (System.nanoTime() - start) / 1e9;
        double bytes = (double) (Heap.used() - emptyBytes) / SERVICES;
        Latencies throughRelay = told(poster, relayed);
        String of = String.format(Locale.ROOT, "Relay of %,d services: ", SERVICES);
        return List.of(
            new Row(of + "first snapshot", seconds, "s", "one second", 1, ""),
            new Row(of + "heap of each", bytes, "B", "one kB", 1_000, ""),
            row(of + "told, p50", throughRelay, directly, 0.5),
            row(of + "told, p99", throughRelay, directly, 0.99));
      }
    }
  }

  private static Latencies told(Poster poster, EventCrowd crowd) throws Exception {
    Latencies latencies = new Latencies();
    poster.changes(crowd, CHANGES, new Latencies());
    poster.changes(crowd, CHANGES, latencies);
    return latencies;
  }

  private static Row row(String name, Latencies relayed, Latencies directly, double share) {
    return new Row(
        name,
        relayed.percentileMillis(share),
        "ms",
        "directly",
        directly.percentileMillis(share),
        "");
  }

  private static void register(HttpServiceRegistry registry) throws InterruptedException {
    Semaphore permits = new Semaphore(UNDER_WAY);
    for (int i = 0; i < SERVICES; i++) {
      Registration one =
          Registration.builder("http://10.0.0.1:8000")
              .id("service-" + i)
              .name("name-" + i % 1_000)
              .ttl(TTL)
              .info(ScaleBenchmark.info(i))
              .build();
      permits.acquire();
      CompletableFuture<?> call = registry.registerAsync(one, TIMEOUT);
      var unused = call.whenComplete((lease, e) -> permits.release());
    }
    permits.acquire(UNDER_WAY);
    if (registry.list().size() != SERVICES) {
      throw new IllegalStateException("not all services are registered");
    }
  }
}
