package dev.rollcall.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** Makes meters that share a registry, tags and buckets. */
final class Meters {
  /** From a ping in memory to a store at its timeout; more buckets would cost each scrape. */
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(10)
  };

  private final MeterRegistry registry;
  private final Tags common;

  Meters(MeterRegistry registry, Tags common) {
    this.registry = registry;
    this.common = common;
  }

  Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(common.and(tags)).register(registry);
  }

  Timer timer(String name, String description, String... tags) {
    return Timer.builder(name)
        .description(description)
        .tags(common.and(tags))
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** Makes a gauge of what somebody else holds on to. */
  <T> void gauge(
      String name, String description, T held, ToDoubleFunction<T> value, String... tags) {
    Gauge.builder(name, held, value)
        .description(description)
        .tags(common.and(tags))
        .register(registry);
  }

  /** Makes a counter of what somebody else holds on to, and counts. */
  <T> void counter(String name, String description, T held, ToDoubleFunction<T> count) {
    FunctionCounter.builder(name, held, count)
        .description(description)
        .tags(common)
        .register(registry);
  }
}
