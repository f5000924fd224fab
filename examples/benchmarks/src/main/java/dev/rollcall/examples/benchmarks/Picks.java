package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.discovery.Pick;
import dev.rollcall.discovery.PickStrategy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.support.ServiceInstanceListSuppliers;
import reactor.core.publisher.Mono;

/** Picks among 100 instances of one name. */
@State(Scope.Benchmark)
public class Picks {
  private static final int INSTANCES = 100;

  /** Two cache lines of 64 bytes, which processors fetch together. */
  private static final int PADDED = 2 * 64 / Integer.BYTES;

  private final AtomicInteger next = new AtomicInteger();
  private ServiceRegistry registry;
  private Discovery byCalls;
  private Discovery byLatency;
  private List<Service> services;
  private RoundRobinLoadBalancer springLoadBalancer;
  private AtomicIntegerArray counts;

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
    springLoadBalancer =
        new RoundRobinLoadBalancer(
            ServiceInstanceListSuppliers.toProvider("orders", springInstances()), "orders");
    counts = new AtomicIntegerArray(INSTANCES * PADDED);
    if (services.size() != INSTANCES || byLatency.services().size() != INSTANCES) {
      throw new IllegalStateException("not all instances are known");
    }
  }

  private static ServiceInstance[] springInstances() {
    return IntStream.range(0, INSTANCES)
        .mapToObj(i -> new DefaultServiceInstance("orders-" + i, "orders", "h", 8000, false))
        .toArray(ServiceInstance[]::new);
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

  /** Spring Cloud LoadBalancer's choice: the next of a list that it need not look for. */
  @Benchmark
  public ServiceInstance springRoundRobin() {
    return Mono.from(springLoadBalancer.choose()).block().getServer();
  }

  /**
   * The floor where threads share what they count: counts a call of one of the instances, at
   * random, and its end. No two counters share a cache line.
   */
  @Benchmark
  public int countOnly() {
    int counter = ThreadLocalRandom.current().nextInt(INSTANCES) * PADDED;
    counts.getAndIncrement(counter);
    return counts.getAndDecrement(counter);
  }

  /** The floor: takes one after the other, without a look at any. */
  @Benchmark
  public Service roundRobin() {
    return services.get(Math.floorMod(next.getAndIncrement(), INSTANCES));
  }
}
