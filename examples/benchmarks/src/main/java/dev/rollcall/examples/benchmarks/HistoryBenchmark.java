package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What a history costs: registrations, removals and pings of a store that keeps one, against those
 * of a store that keeps none; and registrations as services make them, at a bundled server over
 * such a store. Each is asked in turn with the other, so that what else the machine does falls on
 * both.
 */
final class HistoryBenchmark {
  private static final String WITHOUT = "keep-history-seconds=0";
  private static final int ROUNDS = 6;
  private static final int IDS_PER_THREAD = 1_000;
  private static final int CONNECTIONS = 32;
  private static final int FIRST_ID = 10; // of two digits, for requests of one length
  private static final Duration WARM_UP = Duration.ofSeconds(4);
  private static final Duration ROUND = Duration.ofSeconds(2);
  private static final Duration TTL = Duration.ofHours(1);

  private HistoryBenchmark() {}

  /** One call about one of the ids of a thread. */
  private interface Call {
    void of(ServiceRegistry registry, String id);
  }

  static List<Row> run() throws Exception {
    // First, though it is needed last: where it does not start, nothing has been measured in vain.
    try (ValkeyProcess valkey = ValkeyProcess.start()) {
      List<Row> rows = new ArrayList<>();
      rows.addAll(measure("memory, one thread", "memory:", "memory:?" + WITHOUT, 1));
      rows.addAll(measure("memory, two threads", "memory:", "memory:?" + WITHOUT, 2));
      String uri = valkey.uri() + "?prefix=";
      rows.addAll(measure("Valkey", uri + "with:", uri + "without:&" + WITHOUT, 16));
      rows.add(overHttp("memory", "memory:", "memory:?" + WITHOUT));
      rows.add(overHttp("Valkey", uri + "http:", uri + "http-without:&" + WITHOUT));
      return rows;
    }
  }

  private static Row overHttp(String store, String withUri, String withoutUri) throws Exception {
    try (JavaProcess with = server(withUri);
        JavaProcess without = server(withoutUri)) {
      URI withUrl = with.awaitUrl();
      URI withoutUrl = without.awaitUrl();
      with.discardOutput();
      without.discardOutput();
      HttpLoad.run(withUrl, registrations(withUrl), WARM_UP);
      HttpLoad.run(withoutUrl, registrations(withoutUrl), WARM_UP);
      return row(
          "Registrations again over HTTP, " + store,
          () -> HttpLoad.run(withUrl, registrations(withUrl), ROUND).perSecond(),
          () -> HttpLoad.run(withoutUrl, registrations(withoutUrl), ROUND).perSecond());
    }
  }

  private static JavaProcess server(String store) {
    return JavaProcess.start(
        "-jar", JavaProcess.serverJar(), "--port=0", "--log-level=warn", "--store=" + store);
  }

  /** Returns a registration for each connection. */
  private static List<byte[]> registrations(URI server) {
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      String body = "{\"id\":\"my-service-%d\",\"url\":\"http://my-service:8000\",\"info\":{}}";
      requests.add(
          HttpLoad.requestWithBody(
              "POST",
              server,
              "/services/$register",
              body.formatted(FIRST_ID + i),
              "Content-Type: application/json"));
    }
    return requests;
  }

  private static List<Row> measure(String store, String withUri, String withoutUri, int threads)
      throws Exception {
    try (ServiceRegistry with = ServiceRegistry.open(withUri);
        ServiceRegistry without = ServiceRegistry.open(withoutUri)) {
      return List.of(
          row("Registrations again, " + store, with, without, threads, HistoryBenchmark::register),
          row(
              "Registrations and removals, " + store,
              with,
              without,
              threads,
              (registry, id) -> {
                register(registry, id);
                if (registry.deregister(id).isEmpty()) {
                  throw new IllegalStateException("what one thread registers is gone");
                }
              }),
          row(
              "Pings, " + store,
              with,
              without,
              threads,
              (registry, id) -> {
                if (registry.ping(id).isEmpty()) {
                  register(registry, id);
                }
              }));
    }
  }

  private static void register(ServiceRegistry registry, String id) {
    registry.register(Registration.builder("http://host:8000").id(id).ttl(TTL).build());
  }

  private static Row row(
      String name, ServiceRegistry with, ServiceRegistry without, int threads, Call call)
      throws Exception {
    perSecond(with, threads, call, WARM_UP);
    perSecond(without, threads, call, WARM_UP);
    return row(
        name,
        () -> perSecond(with, threads, call, ROUND),
        () -> perSecond(without, threads, call, ROUND));
  }

  private static Row row(String name, Callable<Double> with, Callable<Double> without)
      throws Exception {
    double[] ours = new double[ROUNDS];
    double[] floors = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      if (round % 2 == 0) { // Each is the first one half of the time.
        ours[round] = with.call();
        floors[round] = without.call();
      } else {
        floors[round] = without.call();
        ours[round] = with.call();
      }
    }
    return new Row(
        name, Latencies.median(ours), "/s", "without history", Latencies.median(floors), ">= 0.9");
  }

  private static double perSecond(ServiceRegistry registry, int threads, Call call, Duration time)
      throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch gate = new CountDownLatch(1);
      List<Future<Long>> counts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        String name = "service-" + i + "-";
        counts.add(
            callers.submit(
                () -> {
                  gate.await();
                  return callFor(registry, name, call, time);
                }));
      }
      long start = System.nanoTime();
      gate.countDown();
      long calls = 0;
      for (Future<Long> count : counts) {
        calls += count.get();
      }
      return calls / ((System.nanoTime() - start) / 1e9);
    } finally {
      callers.shutdownNow();
    }
  }

  private static long callFor(ServiceRegistry registry, String name, Call call, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    long calls = 0;
    for (; System.nanoTime() - end < 0; calls++) {
      call.of(registry, name + calls % IDS_PER_THREAD);
    }
    return calls;
  }
}
