package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.discovery.Pick;
import dev.rollcall.discovery.PickStrategy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Which share of calls ends within the caller's timeout of 1 s, where one of 11 backends takes 2 s
 * all at once: the trial of S. Jenson, "Beyond Round Robin: Load Balancing for Latency", 2016. The
 * backends are timers of this process. Each strategy gets 1,000 calls a second at the same time,
 * which the other backends answer within 5 to 15 ms.
 */
final class SlowBackendBenchmark {
  private static final int BACKENDS = 11;
  private static final String SLOW = "backend-5";
  private static final Duration BEFORE = Duration.ofSeconds(10);
  private static final Duration SLOW_TIME = Duration.ofSeconds(30);
  private static final long CALLS_EVERY_NANOS = 1_000_000;
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

  private SlowBackendBenchmark() {}

  static List<Row> run() throws Exception {
    ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    AtomicInteger next = new AtomicInteger();
    try (ServiceRegistry registry = ServiceRegistry.open("memory:");
        Trial roundRobin =
            new Trial(
                registry,
                timer,
                candidates ->
                    candidates.get(Math.floorMod(next.getAndIncrement(), candidates.size())));
        Trial fewestCalls = new Trial(registry, timer, PickStrategy.fewestCalls());
        Trial lowestLatency = new Trial(registry, timer, PickStrategy.lowestLatency())) {
      for (int i = 0; i < BACKENDS; i++) {
        registry.register(
            Registration.builder("http://h:8000")
                .id("backend-" + i)
                .name("backend")
                .ttl(Duration.ofHours(1))
                .build());
      }
      List<Trial> trials = List.of(roundRobin, fewestCalls, lowestLatency);
      for (Trial trial : trials) {
        trial.awaitBackends();
      }
      ScheduledFuture<?> calling =
          timer.scheduleAtFixedRate(
              () -> trials.forEach(Trial::call), 0, CALLS_EVERY_NANOS, TimeUnit.NANOSECONDS);
      timer.schedule(() -> {}, BEFORE.toNanos(), TimeUnit.NANOSECONDS).get();
      trials.forEach(Trial::slowDown);
      timer.schedule(() -> {}, SLOW_TIME.toNanos(), TimeUnit.NANOSECONDS).get();
      calling.cancel(false);
      double even = 100.0 * (BACKENDS - 1) / BACKENDS;
      return List.of(
          row("round robin", roundRobin, "all but one backend", even, ""),
          row("fewest calls", fewestCalls, "the goal", 99, ">= 1"),
          row("lowest latency", lowestLatency, "the goal", 99.9, ">= 1"));
    } finally {
      timer.shutdownNow();
    }
  }

  private static Row row(
      String strategy, Trial trial, String floorName, double floor, String goal) {
    return new Row(
        "Calls within 1 s while one of 11 backends takes 2 s, by " + strategy,
        100 * trial.shareInTime(),
        "%",
        floorName,
        floor,
        goal);
  }

  /** Calls by one strategy. */
  private static final class Trial implements AutoCloseable {
    private final Discovery discovery;
    private final ScheduledExecutorService timer;
    private final LongAdder calls = new LongAdder();
    private final LongAdder late = new LongAdder();
    private volatile boolean isSlow;

    Trial(ServiceRegistry registry, ScheduledExecutorService timer, PickStrategy strategy) {
      this.discovery = Discovery.of(registry).named("backend").strategy(strategy).build();
      this.timer = timer;
    }

    void awaitBackends() throws Exception {
      while (discovery.services().size() < BACKENDS) {
        timer.schedule(() -> {}, 10, TimeUnit.MILLISECONDS).get();
      }
    }

    void slowDown() {
      isSlow = true;
    }

    void call() {
      Pick pick = discovery.pick();
      boolean isSlowCall = isSlow && pick.service().id().equals(SLOW);
      long nanos =
          isSlowCall ? SLOW_NANOS : ThreadLocalRandom.current().nextLong(LEAST_NANOS, MOST_NANOS);
      if (isSlow) {
        calls.increment();
        if (nanos > TIMEOUT_NANOS) {
          late.increment();
        }
      }
      var unused =
          timer.schedule(pick::close, Math.min(nanos, TIMEOUT_NANOS), TimeUnit.NANOSECONDS);
    }

    double shareInTime() {
      return 1 - late.doubleValue() / calls.doubleValue();
    }

    @Override
    public void close() {
      discovery.close();
    }
  }
}
