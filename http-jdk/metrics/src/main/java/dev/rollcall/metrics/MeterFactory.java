package dev.rollcall.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Creates meters that share a registry, tags and buckets. */
final class MeterFactory {
  /** From a ping in memory to a store at its timeout. More buckets would make scrapes larger. */
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

  MeterFactory(MeterRegistry registry, Tags common) {
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

  /** Creates a gauge of an object that the caller keeps alive. */
  <T> void gauge(
      String name, String description, T held, ToDoubleFunction<T> value, String... tags) {
    Gauge.builder(name, held, value)
        .description(description)
        .tags(common.and(tags))
        .register(registry);
  }

  /** Creates a gauge of a time, of an object that the caller keeps alive. */
  <T> void timeGauge(String name, String description, T held, ToDoubleFunction<T> seconds) {
    TimeGauge.builder(name, held, TimeUnit.SECONDS, seconds)
        .description(description)
        .tags(common)
        .register(registry);
  }

  /** Creates a counter of an object that the caller keeps alive, and that counts itself. */
  <T> void counter(String name, String description, T held, ToDoubleFunction<T> count) {
    FunctionCounter.builder(name, held, count)
        .description(description)
        .tags(common)
        .register(registry);
  }
}
