package dev.rollcall.examples.benchmarks;

import dev.rollcall.examples.benchmarks.simulation.Costs;
import dev.rollcall.examples.benchmarks.simulation.Shard;
import dev.rollcall.examples.benchmarks.simulation.ShardSimulation;
import dev.rollcall.examples.benchmarks.simulation.Station;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/**
 * What fleets need that are larger than one machine can run: {@link FleetPlan} calculates it, and a
 * simulation of {@code -Dservices} shows how the shards of that plan behave. Neither measures
 * anything; {@code costs} and {@code scale} have measured what they begin with.
 */
final class ScalingBenchmark {
  private static final int SERVICES = Integer.getInteger("services", 10_000_000);
  private static final int INTERVALS = 3;
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final int CONTROL_ARRIVALS = 5_000_000;

  private ScalingBenchmark() {}

  static List<Row> run() {
    List<Row> rows = new ArrayList<>();
    rows.add(control());
    FleetPlan million = new FleetPlan(1_000_000);
    for (long services : new long[] {1_000_000, 10_000_000, 100_000_000}) {
      rows.addAll(new FleetPlan(services).rows(million));
    }
    rows.addAll(simulated());
    return rows;
  }

  /**
   * Compares the simulated queue with what the theory of queues says about it: at half load the
   * mean wait of M/M/1 is as long as the mean service.
   */
  private static Row control() {
    var random = new SplittableRandom(1);
    var station = new Station(1, Station.Pauses.NONE, random.split());
    double now = 0;
    double inSystem = 0;
    for (int i = 0; i < CONTROL_ARRIVALS; i++) {
      now += -2e-5 * Math.log(1 - random.nextDouble());
      inSystem += station.serve(now, 1e-5) - now;
    }
    double wait = inSystem / CONTROL_ARRIVALS - 1e-5;
    return new Row("Control: mean wait at half load", wait * 1e6, "us", "M/M/1", 10, "1.00");
  }

  /** What a simulated shard went through. */
  private record Result(
      ShardSimulation.Quiet quiet, ShardSimulation.Quiet oneLost, ShardSimulation.Return back) {

    static Result of(Shard shard, Costs costs, long seed) {
      var running = new ShardSimulation(shard, costs, seed);
      running.quiet(1); // The first round of pings is that of clients that have just begun.
      return new Result(
          running.goOn(INTERVALS),
          running.withoutFirstServer(INTERVALS),
          new ShardSimulation(shard, costs, seed).returnAfterOutage());
    }
  }

  private static List<Row> simulated() {
    Shard shard = FleetPlan.SHARD;
    int shards = Math.max(1, SERVICES / shard.services());
    // One simulation a processor at a time, so that the heap holds few of them.
    List<Result> results =
        LongStream.range(0, shards)
            .parallel()
            .mapToObj(seed -> Result.of(shard, FleetPlan.COSTS, seed))
            .toList();
    String of =
        String.format(
            Locale.ROOT, "Simulated, worst of %,d shards of %,d: ", shards, shard.services());
    double pings = (double) shard.services() / shard.interval().toSeconds();
    String lease = "a lease";
    double ttl = TTL.toMillis();
    List<Row> rows = new ArrayList<>();
    rows.add(
        row(of + "pings", -worst(results, r -> -r.quiet.pingsPerSecond()), "/s", "all", pings));
    rows.add(percent(of + "servers are busy", worst(results, r -> r.quiet.serverUtilization())));
    rows.add(percent(of + "masters are busy", worst(results, r -> r.quiet.masterUtilization())));
    rows.add(row(of + "ping, p50", worst(results, r -> r.quiet.p50Millis()), "ms", lease, ttl));
    rows.add(row(of + "ping, p99", worst(results, r -> r.quiet.p99Millis()), "ms", lease, ttl));
    rows.add(row(of + "ping, p99.9", worst(results, r -> r.quiet.p999Millis()), "ms", lease, ttl));
    String lost = of + "one server lost: ";
    rows.add(percent(lost + "others busy", worst(results, r -> r.oneLost.serverUtilization())));
    rows.add(row(lost + "ping, p99", worst(results, r -> r.oneLost.p99Millis()), "ms", lease, ttl));
    rows.add(
        row(lost + "pings refused", worst(results, r -> r.oneLost.refusals()), "", "all", pings));
    String back = of + "return after an outage: ";
    String interval = "an interval";
    rows.add(row(back + "half", worst(results, r -> r.back.halfBackSeconds()), "s", interval, 10));
    rows.add(row(back + "all", worst(results, r -> r.back.allBackSeconds()), "s", interval, 10));
    rows.add(
        row(back + "seen by all", worst(results, r -> r.back.allToldSeconds()), "s", interval, 10));
    rows.add(row(back + "refusals", worst(results, r -> r.back.refusalsOfEach()), "", "each", 1));
    return rows;
  }

  private static Row percent(String name, double share) {
    return row(name, share * 100, "%", "all", 100);
  }

  private static Row row(String name, double figure, String unit, String floor, double of) {
    return new Row(name, figure, unit, floor, of, "");
  }

  private static double worst(List<Result> results, ToDoubleFunction<Result> figure) {
    return results.stream().mapToDouble(figure).max().orElseThrow();
  }
}
