package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.discovery.Pick;
import dev.rollcall.discovery.PickStrategy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Picks among 100 instances of one name. */
@State(Scope.Benchmark)
public class Picks {
  private static final int INSTANCES = 100;

  private final AtomicInteger next = new AtomicInteger();
  private ServiceRegistry registry;
  private Discovery byCalls;
  private Discovery byLatency;
  private List<Service> services;

  /** Registers the instances. */
  @Setup
  public void fill() {
    registry = ServiceRegistry.open("memory:");
    for (int i = 0; i < INSTANCES; i++) {
      registry.register(
          Registration.builder("http://h:8000")
              .id("orders-" + i)
              .name("orders")
              .ttl(Duration.ofHours(1))
              .build());
    }
    byCalls = Discovery.of(registry).named("orders").build();
    byLatency =
        Discovery.of(registry).named("orders").strategy(PickStrategy.lowestLatency()).build();
    services = List.copyOf(byCalls.services());
    if (services.size() != INSTANCES || byLatency.services().size() != INSTANCES) {
      throw new IllegalStateException("not all instances are known");
    }
  }

  /** Ends the watches. */
  @TearDown
  public void close() {
    byCalls.close();
    byLatency.close();
    registry.close();
  }

  /** Picks the one with fewer calls, and ends the call. */
  @Benchmark
  public Service fewestCalls() {
    try (Pick pick = byCalls.pick()) {
      return pick.service();
    }
  }

  /** Picks the one with the lower latency, and ends the call. */
  @Benchmark
  public Service lowestLatency() {
    try (Pick pick = byLatency.pick()) {
      return pick.service();
    }
  }

  /** The floor: takes one after the other, without a look at any. */
  @Benchmark
  public Service roundRobin() {
    return services.get(Math.floorMod(next.getAndIncrement(), INSTANCES));
  }
}
