package dev.rollcall.examples.benchmarks;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.StoreRegistry;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one call and one event cost the bundled server and Valkey in processor time, each in a
 * process of its own. With these figures {@code docs/scaling.md} calculates what large fleets need.
 */
final class CostBenchmark {
  private static final int SERVICES = 10_000;
  private static final int BATCH = 1_000;
  private static final int CONNECTIONS = 32;
  private static final int BATCH_CONNECTIONS = 2;
  private static final int LIST_CONNECTIONS = 2;
  private static final int STREAMS = 10_000;

  /** A stream that was cut off keeps its place for a while, so there is room for more. */
  private static final int MAX_WATCHES = 4 * STREAMS;

  private static final int CHANGES_OF_MANY = 50;

  private static final int CHANGES = 3_000;
  private static final int TOGETHER = 20_000;
  private static final Duration TTL = Duration.ofHours(2);
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration ROUND = Duration.ofSeconds(8);

  private final String uri;
  private final ValkeyFigures valkey;
  private final JavaProcess server;
  private final JavaProcess watched;
  private final List<Row> rows = new ArrayList<>();

  private CostBenchmark(ValkeyProcess valkey, JavaProcess server, JavaProcess watched) {
    this.uri = valkey.uri();
    this.valkey = new ValkeyFigures(List.of(valkey));
    this.server = server;
    this.watched = watched;
  }

  static List<Row> run() throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        JavaProcess server = start(valkey);
        JavaProcess watched = start(valkey)) {
      var costs = new CostBenchmark(valkey, server, watched);
      URI url = server.awaitUrl();
      costs.ofCalls(url);
      costs.ofStreams(url, watched.awaitUrl());
      return costs.rows;
    }
  }

  private static JavaProcess start(ValkeyProcess valkey) {
    return JavaProcess.start(
        "-Djdk.httpserver.maxConnections=" + 2 * MAX_WATCHES, // Streams may take half of them.
        "-Xmx2g",
        "-jar",
        JavaProcess.serverJar(),
        "--port=0",
        "--log-level=warn",
        "--max-watches=" + MAX_WATCHES,
        "--store",
        valkey.uri());
  }

  /** Something that is done many times, and says how many. */
  private interface Load {
    long run() throws IOException;
  }

  /** What it costs each time, in microseconds of processor time. */
  private record Cost(double server, double valkey) {}

  private Cost cost(JavaProcess process, Load load) throws IOException {
    double valkeyBefore = valkey.processorSeconds();
    long before = process.processorTime().toNanos();
    double count = load.run();
    return new Cost(
        (process.processorTime().toNanos() - before) / count / 1e3,
        (valkey.processorSeconds() - valkeyBefore) / count * 1e6);
  }

  private void ofCalls(URI url) throws IOException {
    List<Lease> leases = new ArrayList<>();
    try (var registry = HttpServiceRegistry.connect(url.toString())) {
      for (int i = 0; i < SERVICES; i++) {
        leases.add(
            registry.register(
                Registration.builder("http://10.0.0.1:8000")
                    .id("service-" + i)
                    .name("name-" + i % 100)
                    .ttl(TTL)
                    .info(ScaleBenchmark.info(i))
                    .build()));
      }
    }
    List<byte[]> pings =
        leases.stream()
            .limit(CONNECTIONS)
            .map(
                lease ->
                    HttpLoad.request(
                        "PUT",
                        url,
                        "/services/"
                            + lease.id()
                            + "/$ping?lease="
                            + lease.leaseId().orElseThrow()))
            .toList();
    Cost ping = load(url, "a ping", pings, 1, null);
    String batch =
        leases.stream()
            .limit(BATCH)
            .map(
                lease ->
                    "{\"id\":\"%s\",\"lease_id\":\"%s\"}"
                        .formatted(lease.id(), lease.leaseId().orElseThrow()))
            .collect(Collectors.joining(",", "{\"leases\":[", "]}"));
    load(
        url,
        "a ping in a batch of 1,000",
        Collections.nCopies(BATCH_CONNECTIONS, post(url, "PUT", "/services/$ping", batch)),
        BATCH,
        ping);
    List<byte[]> registrations = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      String body =
          ("{\"id\":\"again-%s\",\"url\":\"http://10.0.0.1:8000\",\"ttl_seconds\":3600,\"info\":"
                  + "{\"display_name\":\"Service\",\"version\":\"1.0.0\",\"zone\":\"eu-1\","
                  + "\"team\":\"data\",\"capabilities\":[\"read\",\"write\",\"search\"]}}")
              .formatted(i);
      registrations.add(post(url, "POST", "/services/$register", body));
    }
    load(url, "a registration", registrations, 1, ping);
    byte[] list = HttpLoad.request("GET", url, "/services");
    load(
        url,
        "a service in a list of 10,000",
        Collections.nCopies(LIST_CONNECTIONS, list),
        SERVICES,
        ping);
  }

  private static byte[] post(URI url, String method, String path, String body) {
    return HttpLoad.requestWithBody(method, url, path, body, "Content-Type: application/json");
  }

  private Cost load(URI url, String name, List<byte[]> requests, int each, @Nullable Cost ping)
      throws IOException {
    HttpLoad.run(url, requests, WARM_UP);
    Cost cost = cost(server, () -> HttpLoad.run(url, requests, ROUND).count() * each);
    Cost floor = ping == null ? cost : ping;
    add(name + ", server", cost.server, floor.server);
    add(name + ", Valkey", cost.valkey, floor.valkey);
    return cost;
  }

  private void add(String name, double micros, double ping) {
    rows.add(new Row("Processor time of " + name, micros, "us", "of a ping", ping, ""));
  }

  /** What is registered at one server is told by another to its streams. */
  private void ofStreams(URI url, URI watchedUrl) throws IOException {
    Cost ping = new Cost(rows.get(0).figure(), rows.get(1).figure());
    try (var poster = new Poster(url, "/services/$register")) {
      Cost toOne;
      double inBulk;
      try (EventCrowd one = EventCrowd.openWhenKnown(watchedUrl)) {
        poster.changes(one, CHANGES, new Latencies());
        toOne = change(poster, one, CHANGES);
        inBulk = cost(watched, () -> changeTogether(one)).server;
      }
      String[] goOn = {"Last-Event-ID: " + EventCrowd.cursor(watchedUrl)};
      EventCrowd.open(watchedUrl, STREAMS / 10, goOn).close();
      long before = watched.processorTime().toNanos();
      try (EventCrowd many = EventCrowd.open(watchedUrl, STREAMS, goOn)) {
        double open = (watched.processorTime().toNanos() - before) / 1e3 / STREAMS;
        poster.changes(many, CHANGES_OF_MANY, new Latencies());
        Cost toMany = change(poster, many, CHANGES_OF_MANY);
        double each = (toMany.server - toOne.server) / (STREAMS - 1);
        add("a change, server with one stream", toOne.server, ping.server);
        add("a change of 20,000 in a row, server with one stream", inBulk, ping.server);
        add("a change, Valkey, registration and one view", toOne.valkey, ping.valkey);
        add("a change, for each further of 10,000 streams", each, ping.server);
        add("a stream that goes on at another server", open, ping.server);
      }
    }
  }

  /** Registers many services as fast as Valkey takes them, until the stream has the last one. */
  private long changeTogether(EventCrowd one) throws IOException {
    try (TtlStore store = TtlStore.open(uri);
        StoreRegistry registry = StoreRegistry.builder(store).build()) {
      CompletableFuture<Void> registered =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < TOGETHER; i++) {
                  var unused =
                      registry.register(
                          Registration.builder("http://10.0.0.1:8000")
                              .id("bulk-" + i)
                              .name("bulk")
                              .ttl(TTL)
                              .info(ScaleBenchmark.info(i))
                              .build());
                }
              });
      one.await("bulk-" + (TOGETHER - 1) + '"');
      registered.join();
      return TOGETHER;
    }
  }

  private Cost change(Poster poster, EventCrowd crowd, int changes) throws IOException {
    return cost(
        watched,
        () -> {
          poster.changes(crowd, changes, new Latencies());
          return changes;
        });
  }
}
