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

/** {@link Picks} with one thread and with two. */
final class PickBenchmark {
  private static final double GOAL_NANOS = 60;
  private static final double NANOS_PER_SECOND = 1e9;

  private PickBenchmark() {}

  static List<Row> run() throws RunnerException {
    Map<String, Double> one = measure(1);
    Map<String, Double> two = measure(2);
    List<Row> rows = new ArrayList<>();
    double nanos = NANOS_PER_SECOND / one.get("fewestCalls");
    rows.add(
        new Row(
            "Pick among 100 by fewest calls, and its end",
            nanos,
            "ns",
            "the goal",
            GOAL_NANOS,
            "<= 1"));
    rows.add(
        new Row(
            "Pick among 100 by fewest calls, and its end",
            nanos,
            "ns",
            "a counter and List.get",
            NANOS_PER_SECOND / one.get("roundRobin"),
            ""));
    rows.add(
        new Row(
            "Spring Cloud LoadBalancer's choose() among 100, round robin",
            NANOS_PER_SECOND / one.get("springRoundRobin"),
            "ns",
            "our pick and its end",
            nanos,
            ">= 3"));
    rows.add(
        new Row(
            "Pick among 100 by lowest latency, and its end",
            NANOS_PER_SECOND / one.get("lowestLatency"),
            "ns",
            "by fewest calls",
            nanos,
            ""));
    rows.add(
        new Row(
            "Picks of two threads",
            two.get("fewestCalls"),
            "/s",
            "of one",
            one.get("fewestCalls"),
            ">= 1.6"));
    rows.add(
        new Row(
            "Two threads that only count in 100 counters",
            two.get("countOnly"),
            "/s",
            "one",
            one.get("countOnly"),
            ""));
    return rows;
  }

  private static Map<String, Double> measure(int threads) throws RunnerException {
    var options =
        new OptionsBuilder()
            .include(Picks.class.getName() + "\\.")
            .threads(threads)
            .forks(1)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(2))
            .measurementIterations(5)
            .measurementTime(TimeValue.seconds(2))
            .build();
    Map<String, Double> perSecond = new HashMap<>();
    for (RunResult result : new Runner(options).run()) {
      perSecond.put(result.getPrimaryResult().getLabel(), result.getPrimaryResult().getScore());
    }
    return perSecond;
  }
}
