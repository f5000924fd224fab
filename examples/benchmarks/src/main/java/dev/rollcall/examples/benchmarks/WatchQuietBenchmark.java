package dev.rollcall.examples.benchmarks;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.spi.AsyncTtlStore;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.ViewListener;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.SetParams;

/**
 * What a watch costs Valkey while services only ping: 10,000 of them, each every 10 s through one
 * store, watched through another; without a watch, with one, and with one that tracks foreign
 * writers.
 */
final class WatchQuietBenchmark {
  private static final int SERVICES = 10_000;
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration PING_INTERVAL = Duration.ofSeconds(10);
  private static final Duration STEP = Duration.ofMillis(10);
  private static final int PINGS_A_STEP =
      (int) (SERVICES * STEP.toMillis() / PING_INTERVAL.toMillis());
  private static final Duration WARM_UP = Duration.ofSeconds(10);

  /** Longer than a lease, so that each service is met at the end of one. */
  private static final Duration WINDOW = Duration.ofSeconds(35);

  private static final int FOREIGN_CHANGES = 200;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ValkeyProcess valkey;
  private final RedisClient admin;
  private final AsyncTtlStore pinged;
  private final List<Fence> fences = new ArrayList<>();
  private final AtomicLong pings = new AtomicLong();

  private WatchQuietBenchmark(ValkeyProcess valkey, RedisClient admin, TtlStore pinged) {
    this.valkey = valkey;
    this.admin = admin;
    this.pinged = (AsyncTtlStore) pinged;
  }

  static List<Row> run() throws Exception {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try (ValkeyProcess valkey = ValkeyProcess.start();
        RedisClient admin = RedisClient.create(valkey.host(), valkey.port());
        TtlStore pinged = TtlStore.open(valkey.uri())) {
      return new WatchQuietBenchmark(valkey, admin, pinged).run(timer);
    } finally {
      timer.shutdownNow();
    }
  }

  private List<Row> run(ScheduledExecutorService timer) throws Exception {
    ServiceRegistry registry = ServiceRegistry.over(pinged);
    for (int i = 0; i < SERVICES; i++) {
      Registration one = Registration.builder("http://h:8000").id("service-" + i).ttl(TTL).build();
      fences.add(Fence.of(registry.register(one).leaseId().orElseThrow()));
    }
    ScheduledFuture<?> pinging =
        timer.scheduleAtFixedRate(this::pingSome, 0, STEP.toNanos(), TimeUnit.NANOSECONDS);
    timer.schedule(() -> {}, WARM_UP.toNanos(), TimeUnit.NANOSECONDS).get();
    Cost unwatched = costOf(timer);
    Watched plain = watched(valkey.uri(), timer);
    Watched tracking = watched(valkey.uri() + "?foreign-writers=tracking", timer);
    pinging.cancel(false);

    List<Row> rows = new ArrayList<>();
    rows.add(
        new Row(
            "Keys that a quiet view reads beside the reconcile",
            plain.keysPerSecond(),
            "/s",
            "the goal",
            400,
            "<= 1"));
    rows.add(
        new Row(
            "Keys that its reconcile reads",
            plain.reconciledPerSecond(),
            "/s",
            "all, every 5 s",
            SERVICES / 5.0,
            "<= 1"));
    rows.add(new Row("Events that pings cause", plain.events(), "", "the goal", 1, "<= 0"));
    rows.add(cost("watched", plain.cost(), unwatched));
    rows.add(cost("tracked", tracking.cost(), unwatched));
    rows.add(
        new Row(
            "Bytes that Valkey sends a ping, tracked",
            tracking.cost().bytesPerPing(),
            "B",
            "unwatched",
            unwatched.bytesPerPing(),
            ""));
    rows.add(
        new Row(
            "Keys that a view reads because of tracking",
            tracking.keysPerSecond(),
            "/s",
            "pings",
            tracking.cost().pings() / tracking.cost().seconds(),
            "<= 1"));
    rows.add(
        new Row("Events that tracked pings cause", tracking.events(), "", "the goal", 1, "<= 0"));
    rows.add(
        new Row(
            "Written by others to told, tracked, p50",
            tracking.foreign().percentileMillis(0.5),
            "ms",
            "the goal",
            100,
            "<= 1"));
    rows.add(
        new Row(
            "Written by others to told, tracked, p99",
            tracking.foreign().percentileMillis(0.99),
            "ms",
            "the goal",
            100,
            "<= 1"));
    return rows;
  }

  private static Row cost(String what, Cost cost, Cost unwatched) {
    return new Row(
        "Processor time of Valkey a ping, " + what,
        cost.microsPerPing(),
        "us",
        "unwatched",
        unwatched.microsPerPing(),
        "");
  }

  private void pingSome() {
    for (int i = 0; i < PINGS_A_STEP; i++) {
      int service = (int) (pings.getAndIncrement() % SERVICES);
      String id = "service-" + service;
      var unused =
          pinged
              .renewAsync(id, fences.get(service), TIMEOUT)
              .whenComplete(
                  (lease, failure) -> {
                    if (failure != null || lease.isEmpty()) {
                      System.err.println("A ping of " + id + " has failed: " + failure);
                    }
                  });
    }
  }

  /** What a time of pings has cost Valkey. */
  private record Cost(double seconds, long pings, double cpuMicros, long keysRead, long bytesSent) {
    double microsPerPing() {
      return cpuMicros / pings;
    }

    double bytesPerPing() {
      return (double) bytesSent / pings;
    }
  }

  private Cost costOf(ScheduledExecutorService timer) throws Exception {
    Cost before = soFar();
    timer.schedule(() -> {}, WINDOW.toNanos(), TimeUnit.NANOSECONDS).get();
    Cost after = soFar();
    return new Cost(
        after.seconds - before.seconds,
        after.pings - before.pings,
        after.cpuMicros - before.cpuMicros,
        after.keysRead - before.keysRead,
        after.bytesSent - before.bytesSent);
  }

  private Cost soFar() {
    String cpu = admin.info("cpu");
    double cpuSeconds = figure(cpu, "used_cpu_sys") + figure(cpu, "used_cpu_user");
    return new Cost(
        System.nanoTime() / 1e9,
        pings.get(),
        cpuSeconds * 1e6,
        // Each read of a service asks once for the end of its lease, and a ping does not.
        (long) figure(admin.info("commandstats"), "cmdstat_pexpiretime:calls"),
        (long) figure(admin.info("stats"), "total_net_output_bytes"));
  }

  private static double figure(String info, String name) {
    Matcher found = Pattern.compile(Pattern.quote(name) + "[:=]([0-9.]+)").matcher(info);
    return found.find() ? Double.parseDouble(found.group(1)) : 0;
  }

  /** What a watch has cost, and told. */
  private record Watched(Cost cost, long reconciles, long events, Latencies foreign) {
    double reconciledPerSecond() {
      return reconciles * SERVICES / cost.seconds();
    }

    double keysPerSecond() {
      return cost.keysRead() / cost.seconds() - reconciledPerSecond();
    }
  }

  private Watched watched(String uri, ScheduledExecutorService timer) throws Exception {
    AtomicLong reconciles = new AtomicLong();
    AtomicLong events = new AtomicLong();
    CountDownLatch isKnown = new CountDownLatch(1);
    LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
    ViewListener counter =
        new ViewListener() {
          @Override
          public void reconciled(int found) {
            reconciles.incrementAndGet();
          }
        };
    try (TtlStore store = TtlStore.open(uri);
        StoreRegistry registry = StoreRegistry.builder(store).viewListener(counter).build()) {
      Watch watch =
          registry.watch(
              Query.all(),
              (view, changes) -> {
                if (isKnown.getCount() == 0) {
                  events.addAndGet(changes.size());
                  changes.forEach(change -> seen.add(change.id()));
                }
                isKnown.countDown();
              });
      isKnown.await();
      timer.schedule(() -> {}, 1, TimeUnit.SECONDS).get();
      reconciles.set(0);
      Cost cost = costOf(timer);
      long reconciled = reconciles.get();
      long told = events.get();
      Latencies foreign = uri.endsWith("tracking") ? foreignChanges(seen) : new Latencies();
      watch.close();
      return new Watched(cost, reconciled, told, foreign);
    }
  }

  /** Registers as a Python orchestrator does, one after the other, and waits until each is told. */
  private Latencies foreignChanges(LinkedBlockingQueue<String> seen) throws InterruptedException {
    Latencies latencies = new Latencies();
    for (int i = 0; i < FOREIGN_CHANGES; i++) {
      String id = "python-" + i;
      long start = System.nanoTime();
      admin.set(
          "service:" + id,
          "{\"id\": \""
              + id
              + "\", \"url\": \"http://py\", \"info\": {}, \"registered_at\":"
              + " \"2026-11-23T18:01:32.977123+00:00\", \"last_updated\":"
              + " \"2026-11-23T18:01:32+00:00\", \"last_ping_at\":"
              + " \"2026-11-23T18:01:32+00:00\", \"expires_at\":"
              + " \"2026-11-23T18:02:02+00:00\"}",
          SetParams.setParams().ex(600));
      String next = "";
      while (!id.equals(next)) {
        next = seen.poll(1, TimeUnit.MINUTES);
        if (next == null) {
          throw new IllegalStateException(id + " was not told of within a minute");
        }
      }
      latencies.add(System.nanoTime() - start);
    }
    return latencies;
  }
}
