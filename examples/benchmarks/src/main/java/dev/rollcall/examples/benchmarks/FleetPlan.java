package dev.rollcall.examples.benchmarks;

import dev.rollcall.examples.benchmarks.simulation.Costs;
import dev.rollcall.examples.benchmarks.simulation.Shard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Calculates what a fleet needs, from measured costs and these assumptions: each service pings
 * every 10 s, one request a ping; it is deployed once a day; it calls three names of 100 instances
 * each, and watches them by one stream. Processors of servers are at most half busy.
 */
final class FleetPlan {
  /** As {@code costs} and {@code scale} measured them, on Java 17; see {@code docs/scaling.md}. */
  static final Costs COSTS = new Costs(42, 9, 81, 36, 229, 13, 237, 4, 112, 940, 1_210, 34_000);

  /** Larger ones do not fit into the list that a client or a relay accepts. */
  private static final int SHARD_SERVICES = 500_000;

  private static final int SERVERS = 2;
  private static final int PROCESSORS = 4;
  private static final int MASTERS = 3;
  private static final int STREAMS_OF_WATCH_SERVER = 25_000;
  private static final int STREAMS_OF_SERVICE = 300;
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final double SECONDS_OF_DAY = 86_400;

  /** A view compares itself with a list after 50 times as long as the last one took: 12 s here. */
  private static final double SECONDS_BETWEEN_LISTS = 600;

  /** A deployment deregisters the old instance and registers the new one. */
  private static final double CHANGES_OF_DEPLOYMENT = 2;

  static final Shard SHARD =
      new Shard(
          SHARD_SERVICES,
          SERVERS,
          PROCESSORS,
          MASTERS,
          SHARD_SERVICES / STREAMS_OF_WATCH_SERVER,
          STREAMS_OF_SERVICE,
          INTERVAL,
          Duration.ofNanos(250_000),
          Duration.ofSeconds(5),
          Duration.ofMillis(20));

  private final long services;
  private final double shards;

  FleetPlan(long services) {
    this.services = services;
    this.shards = Math.ceil((double) services / SHARD_SERVICES);
  }

  /** Returns what it needs, each beside what another fleet needs. */
  List<Row> rows(FleetPlan other) {
    String of = String.format(Locale.ROOT, "Plan of %,d services: ", services);
    String ofOther = String.format(Locale.ROOT, "%,d", other.services);
    List<Row> rows = new ArrayList<>();
    List<Need> needs = needs();
    for (int i = 0; i < needs.size(); i++) {
      Need need = needs.get(i);
      double floor = other.needs().get(i).figure;
      rows.add(new Row(of + need.name, need.figure, need.unit, ofOther, floor, ""));
    }
    return rows;
  }

  private record Need(String name, double figure, String unit) {}

  private List<Need> needs() {
    double inShard = Math.min(services, SHARD_SERVICES);
    double pings = inShard / INTERVAL.toSeconds();
    double changes = inShard * CHANGES_OF_DEPLOYMENT / SECONDS_OF_DAY;
    double told = changes * STREAMS_OF_SERVICE / SHARD.watchServers();
    double byViews =
        SHARD.watchServers()
            * (changes * COSTS.changeAtMaster()
                + inShard * COSTS.listedAtMaster() / SECONDS_BETWEEN_LISTS);
    return List.of(
        new Need("pings", shards * pings, "/s"),
        new Need("changes", shards * changes, "/s"),
        new Need("shards", shards, ""),
        new Need("servers for pings, of 4 processors", shards * SERVERS, ""),
        new Need("busy, each", percent(pings * COSTS.pingAtServer(), SERVERS * PROCESSORS), "%"),
        new Need("masters, each with a replica", shards * MASTERS, ""),
        new Need("busy, each by pings", percent(pings * COSTS.pingAtMaster(), MASTERS), "%"),
        new Need("busy, each by views", percent(byViews, MASTERS), "%"),
        new Need("memory of each", inShard * COSTS.masterBytes() / MASTERS / 1e6, "MB"),
        new Need("watch servers, of 4 processors", shards * SHARD.watchServers(), ""),
        new Need(
            "busy, each by changes",
            percent(changes * COSTS.changeAtView() + told * COSTS.changeForStream(), PROCESSORS),
            "%"),
        new Need(
            "heap of each, in use",
            (inShard * COSTS.viewBytes() + STREAMS_OF_WATCH_SERVER * COSTS.streamBytes()) / 1e6,
            "MB"));
  }

  private static double percent(double micros, int processors) {
    return micros / 1e6 / processors * 100;
  }
}
