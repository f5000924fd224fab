package dev.rollcall.examples.benchmarks;

import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.RedisClient;

/**
 * Pings through the store: from many threads and from two, against what {@code valkey-benchmark}
 * makes of as many connections with one command a round trip; and from one thread, against Jedis
 * alone. Each is asked in turn with its floor, so that what else the machine does falls on both.
 */
final class ValkeyPingBenchmark {
  private static final int MANY = 32;
  private static final int FEW = 2;
  private static final int ROUNDS = 5;
  private static final int FLOOR_COMMANDS = 400_000;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration ROUND = Duration.ofSeconds(3);

  private ValkeyPingBenchmark() {}

  static List<Row> run() throws Exception {
    List<Row> rows = new ArrayList<>();
    try (ValkeyProcess valkey = ValkeyProcess.start();
        StorePings store = new StorePings(valkey.uri(), MANY)) {
      rows.add(atOnce(valkey, store, MANY, ">= 2"));
      rows.add(atOnce(valkey, store, FEW, ""));
      rows.add(callsEach(valkey, store));
      rows.add(alone(valkey, store));
    }
    return rows;
  }

  private static Row atOnce(ValkeyProcess valkey, StorePings store, int threads, String goal)
      throws Exception {
    double[] ours = new double[ROUNDS];
    double[] floors = new double[ROUNDS];
    store.perSecond(threads, WARM_UP);
    for (int round = 0; round < ROUNDS; round++) {
      ours[round] = store.perSecond(threads, ROUND);
      floors[round] = ValkeyTool.pexpirePerSecond(valkey.port(), threads, FLOOR_COMMANDS);
    }
    return new Row(
        "Store ping in Valkey, " + threads + " threads",
        Latencies.median(ours),
        "/s",
        "valkey-benchmark PEXPIRE, " + threads + " connections",
        Latencies.median(floors),
        goal);
  }

  /** What {@code INFO commandstats} counts; a script counts as one, and so do those inside it. */
  private static Row callsEach(ValkeyProcess valkey, StorePings store) throws Exception {
    try (RedisClient admin = RedisClient.create(valkey.host(), valkey.port())) {
      long before = ValkeyTool.scriptCalls(admin);
      double pings = store.perSecond(MANY, ROUND) * ROUND.toSeconds();
      return new Row(
          "Script calls a ping, 32 threads",
          (ValkeyTool.scriptCalls(admin) - before) / pings,
          "calls",
          "the goal",
          1,
          "<= 1");
    }
  }

  private static Row alone(ValkeyProcess valkey, StorePings store) throws Exception {
    double[] ours = new double[ROUNDS];
    double[] floors = new double[ROUNDS];
    try (RedisClient jedis = RedisClient.create(valkey.host(), valkey.port())) {
      jedis.set("bare", "x");
      Runnable bare = () -> jedis.pexpire("bare", 3_600_000L);
      store.alone(WARM_UP);
      Latencies.of(bare, WARM_UP);
      for (int round = 0; round < ROUNDS; round++) {
        ours[round] = store.alone(ROUND).percentileMillis(0.5);
        floors[round] = Latencies.of(bare, ROUND).percentileMillis(0.5);
      }
    }
    return new Row(
        "Store ping in Valkey, one thread, p50",
        Latencies.median(ours),
        "ms",
        "PEXPIRE by Jedis alone",
        Latencies.median(floors),
        "<= 1.3");
  }
}
