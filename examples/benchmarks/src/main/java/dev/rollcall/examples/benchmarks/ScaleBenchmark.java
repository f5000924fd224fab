package dev.rollcall.examples.benchmarks;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.StoreRegistry;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyCluster;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.RedisClient;

/**
 * How far one Cluster goes: three masters, each with a replica, on this machine, loaded with ten
 * times as many services in each step, up to {@code -Dservices}. After each step: pings of services
 * at random, what a service takes in Valkey, and {@link ScaleView} in a JVM of its own.
 */
final class ScaleBenchmark {
  private static final int SERVICES = Integer.getInteger("services", 1_000_000);
  private static final int FIRST_STEP = 10_000;
  private static final Duration TTL = Duration.ofHours(2);
  private static final Duration PINGING = Duration.ofSeconds(10);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int UNDER_WAY = 1_000;
  private static final Pattern USED = Pattern.compile("used_memory:([0-9]+)");

  private final ValkeyCluster cluster;
  private final AsyncRegistry registry;
  private final Fence[] fences = new Fence[SERVICES];
  private int registered;
  private final Semaphore permits = new Semaphore(UNDER_WAY);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private ScaleBenchmark(ValkeyCluster cluster, StoreRegistry registry) {
    this.cluster = cluster;
    this.registry = (AsyncRegistry) registry;
  }

  static List<Row> run() throws Exception {
    try (ValkeyCluster cluster = new ValkeyCluster();
        TtlStore store = TtlStore.open(cluster.uri());
        StoreRegistry registry = StoreRegistry.builder(store).build()) {
      return new ScaleBenchmark(cluster, registry).steps();
    }
  }

  private List<Row> steps() throws Exception {
    List<Row> rows = new ArrayList<>();
    Map<String, Double> first = null;
    for (int services = FIRST_STEP; services <= SERVICES; services *= 10) {
      Map<String, Double> figures = step(services);
      Map<String, Double> floor = first == null ? figures : first;
      first = floor;
      String size = String.format(Locale.ROOT, "%,d services: ", services);
      figures.forEach(
          (name, figure) -> {
            int unit = name.lastIndexOf(", ");
            rows.add(
                new Row(
                    size + name.substring(0, unit),
                    figure,
                    name.substring(unit + 2),
                    String.format(Locale.ROOT, "%,d", FIRST_STEP),
                    floor.get(name),
                    ""));
          });
    }
    return rows;
  }

  private Map<String, Double> step(int services) throws Exception {
    double emptyBytes = usedBytes();
    int before = registered;
    double registrations = registrationsPerSecond(services - before);
    double bytes = (usedBytes() - emptyBytes) / (services - before);
    double pings = pingsPerSecond();
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("registrations, /s", registrations);
    figures.put("pings, /s", pings);
    figures.put("memory of a master for each, B", bytes);
    try (JavaProcess view =
        JavaProcess.start(
            "-Xmx6g",
            "-cp",
            JavaProcess.classPath(),
            ScaleView.class.getName(),
            cluster.uri() + "?timeout-ms=" + TIMEOUT.toMillis(), // a list shares the processors
            Integer.toString(services))) {
      for (String name : ScaleView.FIGURES) {
        figures.put(name, Double.parseDouble(view.nextLine()));
      }
    }
    System.err.println(services + " services: " + figures); // Should the next step be too large.
    return figures;
  }

  private double registrationsPerSecond(int count) throws Exception {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      submit(register());
    }
    awaitAll();
    return count / ((System.nanoTime() - start) / 1e9);
  }

  private CompletableFuture<?> register() {
    int index = registered++;
    Registration one =
        Registration.builder("http://10.0.0.1:8000")
            .id("service-" + index)
            .name("name-" + index % 1_000)
            .ttl(TTL)
            .info(info(index))
            .build();
    return registry
        .registerAsync(one, TIMEOUT)
        .thenAccept((Lease lease) -> fences[index] = Fence.of(lease.leaseId().orElseThrow()));
  }

  /** Of such a size that the registration, as JSON, has about 350 bytes. */
  private static Map<String, Object> info(int index) {
    return Map.of(
        "display_name",
        "Service " + index,
        "version",
        "1.0.0",
        "zone",
        "eu-" + index % 3,
        "team",
        "data",
        "capabilities",
        List.of("read", "write", "search"));
  }

  private double pingsPerSecond() throws Exception {
    long start = System.nanoTime();
    long end = start + PINGING.toNanos();
    long pings = 0;
    for (; System.nanoTime() - end < 0; pings++) {
      int index = ThreadLocalRandom.current().nextInt(registered);
      submit(registry.pingAsync("service-" + index, fences[index], TIMEOUT));
    }
    awaitAll();
    return pings / ((System.nanoTime() - start) / 1e9);
  }

  private void submit(CompletableFuture<?> call) throws InterruptedException {
    permits.acquire();
    var unused =
        call.whenComplete(
            (done, e) -> {
              permits.release();
              if (e != null) {
                failure.compareAndSet(null, e);
              }
            });
  }

  private void awaitAll() throws Exception {
    permits.acquire(UNDER_WAY);
    permits.release(UNDER_WAY);
    if (failure.get() != null) {
      throw new IllegalStateException("a call has failed", failure.get());
    }
  }

  private double usedBytes() {
    double bytes = 0;
    for (ValkeyProcess master : cluster.nodes().subList(0, 3)) {
      try (RedisClient client = RedisClient.create(master.host(), master.port())) {
        Matcher used = USED.matcher(client.info("memory"));
        bytes += used.find() ? Double.parseDouble(used.group(1)) : 0;
      }
    }
    return bytes;
  }
}
