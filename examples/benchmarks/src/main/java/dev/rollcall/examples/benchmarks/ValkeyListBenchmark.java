package dev.rollcall.examples.benchmarks;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** A list of 10,000 services in Valkey: over HTTP, in process, and what a ping beside it takes. */
final class ValkeyListBenchmark {
  private static final double GOAL_LIST_MILLIS = 60;
  private static final double GOAL_PING_MILLIS = 10;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration ROUND = Duration.ofSeconds(15);

  private ValkeyListBenchmark() {}

  static List<Row> run() throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start()) {
      // This registers the services, for an hour.
      List<Row> rows = new ArrayList<>(HttpListBenchmark.runWithValkey(valkey.uri()));
      try (StorePings store = new StorePings(valkey.uri(), 1)) {
        rows.addAll(inProcess(store));
      }
      return rows;
    }
  }

  private static List<Row> inProcess(StorePings store) {
    ServiceRegistry registry = store.registry();
    int services = registry.list().size();
    Latencies.of(registry::list, WARM_UP);
    Latencies lists = Latencies.of(registry::list, ROUND);
    CompletableFuture<Latencies> beside =
        CompletableFuture.supplyAsync(() -> Latencies.of(registry::list, ROUND));
    Latencies pings = store.alone(ROUND);
    beside.join();
    return List.of(
        new Row(
            String.format(Locale.ROOT, "List of %,d services in process, Valkey, p50", services),
            lists.percentileMillis(0.5),
            "ms",
            "the goal",
            GOAL_LIST_MILLIS,
            "<= 1"),
        new Row(
            "Ping beside lists one after another, Valkey, p99",
            pings.percentileMillis(0.99),
            "ms",
            "the goal",
            GOAL_PING_MILLIS,
            "< 1"));
  }
}
