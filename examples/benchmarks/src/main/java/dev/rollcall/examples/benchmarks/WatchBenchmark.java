package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** How soon watchers in process are told, and what watching costs. */
final class WatchBenchmark {
  private static final int SERVICES = 10_000;
  private static final int CHANGES = 3_000;
  private static final int WARM_UP_CHANGES = 3_000;
  private static final int WATCHERS = 100;
  private static final int ROUNDS = 5;
  private static final int PINGERS = 32;
  private static final Duration LONG_TTL = Duration.ofHours(1);
  private static final Duration SHORT_TTL = Duration.ofSeconds(30);

  /** Two of the comparisons with the whole list that a view makes. */
  private static final Duration ROUND = Duration.ofSeconds(10);

  /** After this a view has read the list twice, since it had begun before hints were heard. */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  private WatchBenchmark() {}

  static List<Row> run() throws Exception {
    List<Row> rows = new ArrayList<>();
    try (TtlStore store = TtlStore.open("memory:");
        ServiceRegistry registry = ServiceRegistry.over(store)) {
      rows.addAll(told("memory", registry, registry, 1, 5));
    }
    try (ValkeyProcess valkey = ValkeyProcess.start();
        ServiceRegistry one = ServiceRegistry.open(valkey.uri());
        ServiceRegistry other = ServiceRegistry.open(valkey.uri())) {
      rows.addAll(told("Valkey, from another server", one, other, 10, 10));
    }
    try (ValkeyProcess valkey = ValkeyProcess.start()) {
      rows.addAll(expiries(valkey));
    }
    rows.addAll(pings());
    return rows;
  }

  /** Registers at one registry, one service after the other, and waits until the other tells. */
  private static List<Row> told(
      String where, ServiceRegistry writer, ServiceRegistry watched, double p50, double p99)
      throws InterruptedException {
    register(writer, SERVICES, LONG_TTL);
    LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
    Latencies latencies = new Latencies();
    Watch watch =
        watched.watch(
            Query.all(),
            (view, changes) -> {
              if (changes.size() < SERVICES) {
                changes.forEach(change -> seen.add(change.id()));
              } else {
                seen.add("all");
              }
            });
    try {
      awaitSeen(seen, "all");
      for (int i = 0; i < WARM_UP_CHANGES + CHANGES; i++) {
        String id = "service-" + i % SERVICES;
        long start = System.nanoTime();
        writer.register(Registration.builder("http://h:8000").id(id).ttl(LONG_TTL).build());
        awaitSeen(seen, id);
        if (i >= WARM_UP_CHANGES) {
          latencies.add(System.nanoTime() - start);
        }
      }
    } finally {
      watch.close();
    }
    String name = "Registered to told, " + where;
    return List.of(
        goal(name + ", p50", latencies.percentileMillis(0.5), "ms", p50),
        goal(name + ", p99", latencies.percentileMillis(0.99), "ms", p99));
  }

  private static void awaitSeen(LinkedBlockingQueue<String> seen, String id)
      throws InterruptedException {
    String next = "";
    while (!id.equals(next)) {
      next = seen.poll(1, TimeUnit.MINUTES);
      if (next == null) {
        throw new IllegalStateException(id + " was not told of within a minute");
      }
    }
  }

  private static void register(ServiceRegistry registry, int services, Duration ttl) {
    for (int i = 0; i < services; i++) {
      registry.register(Registration.builder("http://h:8000").id("service-" + i).ttl(ttl).build());
    }
  }

  /** Lets 10,000 leases end, none of which was pinged, and looks when each is told of. */
  private static List<Row> expiries(ValkeyProcess valkey) throws InterruptedException {
    Latencies late = new Latencies();
    AtomicLong early = new AtomicLong();
    CountDownLatch gone = new CountDownLatch(SERVICES);
    try (ServiceRegistry registry = ServiceRegistry.open(valkey.uri())) {
      Watch watch =
          registry.watch(
              Query.all(),
              (view, changes) -> {
                Instant now = Instant.now();
                for (Change change : changes) {
                  if (change.type() == Change.Type.EXPIRED) {
                    long nanos = Duration.between(change.service().expiresAt(), now).toNanos();
                    early.addAndGet(nanos < 0 ? 1 : 0);
                    late.add(Math.max(0, nanos));
                    gone.countDown();
                  }
                }
              });
      register(registry, SERVICES, SHORT_TTL);
      if (!gone.await(2, TimeUnit.MINUTES)) {
        throw new IllegalStateException(gone.getCount() + " expiries were not told of");
      }
      watch.close();
    }
    String name = String.format(Locale.ROOT, "End of lease to told, %,d in Valkey", SERVICES);
    return List.of(
        goal(name + ", p50", late.percentileMillis(0.5), "ms", 150),
        goal(name + ", p99", late.percentileMillis(0.99), "ms", 150),
        goal(name + ", told early", (double) early.get(), "services", 1));
  }

  /**
   * Pings beside watchers of services that do not change. The throughput of two rounds without
   * watches differs by a tenth on a shared machine, which the second row shows; the processor time
   * that a ping takes, of this process and of Valkey, does not vary as much.
   */
  private static List<Row> pings() throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start();
        StorePings pings = new StorePings(valkey.uri(), PINGERS);
        ServiceRegistry registry = ServiceRegistry.open(valkey.uri())) {
      register(registry, SERVICES, LONG_TTL);
      PingRounds without = new PingRounds();
      PingRounds again = new PingRounds();
      PingRounds with = new PingRounds();
      pings.perSecond(PINGERS, ROUND);
      for (int round = 0; round < ROUNDS; round++) {
        without.run(pings);
        AtomicLong calls = new AtomicLong();
        List<Watch> watches = new ArrayList<>();
        CountDownLatch known = new CountDownLatch(WATCHERS);
        for (int i = 0; i < WATCHERS; i++) {
          watches.add(
              registry.watch(
                  Query.all(),
                  (view, changes) -> {
                    known.countDown();
                    calls.incrementAndGet();
                  }));
        }
        known.await();
        pings.perSecond(PINGERS, SETTLING);
        with.run(pings);
        if (calls.get() != WATCHERS) {
          throw new IllegalStateException("pings have caused events");
        }
        watches.forEach(Watch::close);
        again.run(pings);
      }
      String name = "beside " + WATCHERS + " watches of a quiet registry";
      return List.of(
          new Row(
              "Pings in Valkey " + name,
              with.perSecond(),
              "/s",
              "without watches",
              without.perSecond(),
              ">= 0.97"),
          new Row(
              "Pings in Valkey without watches, again",
              again.perSecond(),
              "/s",
              "without watches",
              without.perSecond(),
              ""),
          new Row(
              "Processor time a ping " + name,
              with.microsPerPing(),
              "us",
              "without watches",
              (without.microsPerPing() + again.microsPerPing()) / 2,
              "<= 1.03"));
    }
  }

  /** Rounds of pings under the same conditions. */
  private static final class PingRounds {
    private final double[] perSecond = new double[ROUNDS];
    private final double[] microsPerPing = new double[ROUNDS];
    private int count;

    void run(StorePings pings) throws Exception {
      Duration before = processorTime();
      perSecond[count] = pings.perSecond(PINGERS, ROUND);
      double micros = processorTime().minus(before).toNanos() / 1e3;
      microsPerPing[count] = micros / (perSecond[count] * ROUND.toSeconds());
      count++;
    }

    /** Returns what this process and those that it has started have taken so far. */
    private static Duration processorTime() {
      ProcessHandle self = ProcessHandle.current();
      return Stream.concat(Stream.of(self), self.descendants())
          .map(each -> each.info().totalCpuDuration().orElseThrow())
          .reduce(Duration.ZERO, Duration::plus);
    }

    double perSecond() {
      return Latencies.median(perSecond);
    }

    double microsPerPing() {
      return Latencies.median(microsPerPing);
    }
  }

  private static Row goal(String name, double figure, String unit, double goal) {
    return new Row(name, figure, unit, "the goal", goal, "<= 1");
  }
}
