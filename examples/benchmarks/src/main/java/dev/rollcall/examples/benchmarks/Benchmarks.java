package dev.rollcall.examples.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Runs the benchmarks that are named, or all, and prints what each measured. */
public final class Benchmarks {
  private static final Map<String, Callable<List<Row>>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("http-ping", HttpPingBenchmark::run);
    ALL.put("http-guards", HttpGuardsBenchmark::run);
    ALL.put("http-crowd", HttpCrowdBenchmark::run);
    ALL.put("http-list", HttpListBenchmark::run);
    ALL.put("memory-ping", MemoryPingBenchmark::run);
    ALL.put("lease-heap", LeaseHeapBenchmark::run);
    ALL.put("memory-capacity", MemoryCapacityBenchmark::run);
    ALL.put("history", HistoryBenchmark::run);
    ALL.put("valkey-ping", ValkeyPingBenchmark::run);
    ALL.put("valkey-http-ping", HttpPingBenchmark::runWithValkey);
    ALL.put("batch-ping", BatchPingBenchmark::run);
    ALL.put("valkey-list", ValkeyListBenchmark::run);
    ALL.put("watch", WatchBenchmark::run);
    ALL.put("streams", StreamBenchmark::run);
    ALL.put("relay", RelayBenchmark::run);
    ALL.put("watch-quiet", WatchQuietBenchmark::run);
    ALL.put("pick", PickBenchmark::run);
    ALL.put("slow-backend", SlowBackendBenchmark::run);
    ALL.put("calling", CallingBenchmark::run);
    ALL.put("costs", CostBenchmark::run);
    ALL.put("scale", ScaleBenchmark::run);
    ALL.put("scaling", ScalingBenchmark::run);
    ALL.put("startup", StartupBenchmark::run);
    ALL.put("keepalive", KeepaliveBenchmark::run);
    ALL.put("keepalive-slow", KeepaliveBenchmark::runSlow);
    ALL.put("keepalive-idle", IdleBenchmark::run);
  }

  private Benchmarks() {}

  /**
   * Runs benchmarks.
   *
   * @param args their names; none for all
   * @throws Exception if one fails
   */
  public static void main(String[] args) throws Exception {
    List<String> names = args.length == 0 ? List.copyOf(ALL.keySet()) : List.of(args);
    if (!ALL.keySet().containsAll(names)) {
      System.err.println("Benchmarks are " + String.join(", ", ALL.keySet()));
      System.exit(2);
    }
    List<Row> rows = new ArrayList<>();
    try {
      for (String name : names) {
        System.err.println("Running " + name);
        rows.addAll(ALL.get(name).call());
      }
    } finally { // What was measured before one that fails is as good as without it.
      System.out.printf(
          "%nJava %s, %d processors%n%n",
          Runtime.version(), Runtime.getRuntime().availableProcessors());
      Row.print(rows, System.out);
    }
  }
}
