package dev.rollcall.examples.benchmarks;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.http.client.harness.CalledService;
import dev.rollcall.http.client.harness.Callers;
import dev.rollcall.store.valkey.harness.Eventually;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How many of 1,000 calls a second over HTTP fail, none of which is tried again: while instances in
 * JVMs of their own are replaced one after the other; when one is killed; and while the registry's
 * server and its Valkey are killed, and start again empty after a minute.
 */
final class CallingBenchmark {
  private static final int INSTANCES = 5;
  private static final int CALLERS = 16;
  private static final Duration PAUSE = Duration.ofMillis(16);
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration DRAIN = Duration.ofSeconds(1);
  private static final Duration OUTAGE = Duration.ofSeconds(60);

  /** In which registrars that share nothing are back after an outage. */
  private static final Duration RECOVERY = Duration.ofSeconds(20);

  /** Longer than a lease. */
  private static final Duration AFTER_KILL = Duration.ofSeconds(35);

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofSeconds(5);

  private final ValkeyProcess valkey;
  private final int port = ValkeyProcess.freePort();
  private final Deque<Instance> instances = new ArrayDeque<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<Row> rows = new ArrayList<>();
  private JavaProcess server;

  private CallingBenchmark(ValkeyProcess valkey) {
    this.valkey = valkey;
  }

  /** A service in a JVM of its own. */
  private record Instance(JavaProcess process, String url) {}

  static List<Row> run() throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start()) {
      CallingBenchmark benchmark = new CallingBenchmark(valkey);
      try {
        benchmark.measure();
        return benchmark.rows;
      } finally {
        benchmark.instances.forEach(instance -> instance.process().kill());
        if (benchmark.server != null) { // Otherwise its jar was not there, which is said.
          benchmark.server.kill();
        }
        benchmark.timer.shutdownNow();
      }
    }
  }

  private void measure() throws Exception {
    URI url = startServer();
    for (int i = 0; i < INSTANCES; i++) {
      instances.add(startInstance(url));
    }
    try (ServiceRegistry registry = HttpServiceRegistry.connect(url.toString());
        Discovery orders = Discovery.of(registry).named("orders").build()) {
      awaitKnown(orders, INSTANCES);
      try (Callers callers = Callers.start(orders, CALLERS, PAUSE)) {
        let(SHORT);
        replaceAll(url, orders, callers);
        killOne(orders, callers);
        endRegistry(orders, callers);
      }
    }
  }

  private URI startServer() {
    server =
        JavaProcess.start(
            "-jar", JavaProcess.serverJar(), "--port=" + port, "--store=" + valkey.uri());
    return server.awaitUrl();
  }

  private static Instance startInstance(URI registry) {
    JavaProcess process =
        JavaProcess.start(
            "-XX:+UseSerialGC",
            "-cp",
            JavaProcess.classPath(),
            CalledService.class.getName(),
            registry.toString(),
            "orders",
            Long.toString(INTERVAL.toMillis()),
            Long.toString(DRAIN.toMillis()));
    return new Instance(process, process.awaitUrl().toString());
  }

  private void awaitKnown(Discovery orders, int number) {
    Eventually.await(
        number + " services are known",
        LIMIT,
        () -> orders.staleSince().isEmpty() && orders.services().size() == number);
  }

  /** Lets the calls go on for a while. */
  private void let(Duration time) throws Exception {
    timer.schedule(() -> {}, time.toNanos(), TimeUnit.NANOSECONDS).get();
  }

  private void replaceAll(URI url, Discovery orders, Callers callers) throws Exception {
    long callsBefore = callers.calls();
    long begun = System.nanoTime();
    int failedBefore = callers.failures().size();
    for (int i = 0; i < INSTANCES; i++) {
      instances.add(startInstance(url));
      awaitKnown(orders, INSTANCES + 1);
      instances.remove().process().stop();
    }
    let(SHORT);
    rows.add(
        new Row(
            "Calls while " + INSTANCES + " instances are replaced",
            (callers.calls() - callsBefore) / ((System.nanoTime() - begun) / 1e9),
            "/s",
            "the goal",
            CALLERS / (PAUSE.toMillis() / 1e3),
            ""));
    failed("Failed while instances are replaced", callers, failedBefore, 1, "0");
  }

  private void killOne(Discovery orders, Callers callers) throws Exception {
    int failedBefore = callers.failures().size();
    Instance victim = instances.remove();
    int underWay = callers.underWay(victim.url());
    victim.process().kill();
    let(AFTER_KILL);
    awaitKnown(orders, INSTANCES - 1);
    failed("Failed by kill -9 of an instance", callers, failedBefore, underWay + CALLERS, "<= 1");
  }

  private void endRegistry(Discovery orders, Callers callers) throws Exception {
    int failedBefore = callers.failures().size();
    server.kill();
    valkey.kill();
    let(OUTAGE);
    valkey.restart();
    var unused = startServer();
    let(RECOVERY);
    awaitKnown(orders, INSTANCES - 1);
    failed("Failed by a registry that is gone for 60 s", callers, failedBefore, 1, "0");
  }

  private void failed(String what, Callers callers, int before, double most, String goal) {
    List<String> failures = callers.failures();
    failures.subList(before, failures.size()).forEach(System.err::println);
    rows.add(
        new Row(
            what,
            failures.size() - before,
            "calls",
            goal.equals("0") ? "the goal" : "under way, and one a caller",
            most,
            goal));
  }
}
