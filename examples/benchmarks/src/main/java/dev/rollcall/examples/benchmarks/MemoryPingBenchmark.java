package dev.rollcall.examples.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** {@link MemoryPing} with one thread and with two. */
final class MemoryPingBenchmark {
  private MemoryPingBenchmark() {}

  static List<Row> run() throws RunnerException {
    List<Row> rows = new ArrayList<>();
    for (int threads = 1; threads <= 2; threads++) {
      Map<String, Double> perSecond = measure(threads);
      String name = "Memory ping among 1,000,000, threads: " + threads;
      double ping = perSecond.get("ping");
      double get = perSecond.get("mapGet");
      double getAndClock = perSecond.get("mapGetAndClock");
      double read = perSecond.get("caffeineRead");
      double renew = perSecond.get("caffeineRenew");
      rows.add(new Row(name, ping, "/s", "ConcurrentHashMap.get", get, ">= 0.5"));
      rows.add(new Row(name, ping, "/s", "the same and System.nanoTime", getAndClock, ""));
      rows.add(new Row(name, ping, "/s", "Caffeine, renewed by a read", read, ">= 2"));
      rows.add(new Row(name, ping, "/s", "Caffeine, renewed by its policy", renew, ">= 2"));
    }
    return rows;
  }

  private static Map<String, Double> measure(int threads) throws RunnerException {
    var options =
        new OptionsBuilder()
            .include(MemoryPing.class.getName())
            .threads(threads)
            .forks(1)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(2))
            .measurementIterations(5)
            .measurementTime(TimeValue.seconds(2))
            .jvmArgs("-Xms4g", "-Xmx4g")
            .build();
    Map<String, Double> perSecond = new HashMap<>();
    for (RunResult result : new Runner(options).run()) {
      perSecond.put(result.getPrimaryResult().getLabel(), result.getPrimaryResult().getScore());
    }
    return perSecond;
  }
}
