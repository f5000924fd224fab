package dev.rollcall.examples.benchmarks;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.StoreRegistry;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;

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

  private static final int MASTERS = 3;

  private final ValkeyCluster cluster;
  private final ValkeyFigures masters;
  private final AsyncRegistry registry;
  private final Fence[] fences = new Fence[SERVICES];
  private int registered;
  private final Semaphore permits = new Semaphore(UNDER_WAY);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private ScaleBenchmark(ValkeyCluster cluster, StoreRegistry registry) {
    this.cluster = cluster;
    this.masters = new ValkeyFigures(cluster.nodes().subList(0, MASTERS));
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
    Map<String, Double> figures = new LinkedHashMap<>();
    double emptyBytes = masters.usedBytes();
    int added = services - registered;
    measure(figures, "registrations", () -> register(added));
    figures.put("memory of a master for each, B", (masters.usedBytes() - emptyBytes) / added);
    measure(figures, "pings", this::ping);
    try (JavaProcess view =
        JavaProcess.start(
            "-Xmx12g", // a list and a view of a million services, and the list that is compared
            // with it
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

  /** Measures how many calls a second there are, and what one costs the masters. */
  private void measure(Map<String, Double> figures, String calls, Callable<Integer> load)
      throws Exception {
    double processor = masters.processorSeconds();
    long start = System.nanoTime();
    double count = load.call();
    awaitAll();
    double seconds = (System.nanoTime() - start) / 1e9;
    figures.put(calls + ", /s", count / seconds);
    double used = masters.processorSeconds() - processor;
    figures.put(calls + ", processor time of the masters for each, us", used / count * 1e6);
  }

  private int register(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      submit(registerNext());
    }
    return count;
  }

  private CompletableFuture<?> registerNext() {
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
  static Map<String, Object> info(int index) {
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

  private int ping() throws InterruptedException {
    long end = System.nanoTime() + PINGING.toNanos();
    int pings = 0;
    for (; System.nanoTime() - end < 0; pings++) {
      int index = ThreadLocalRandom.current().nextInt(registered);
      submit(registry.pingAsync("service-" + index, fences[index], TIMEOUT));
    }
    return pings;
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
}
