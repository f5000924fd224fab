package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.RegistryFullException;
import dev.rollcall.Ulid;
import dev.rollcall.spi.Claim;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many services the memory store takes with its default share of heaps of several sizes, and
 * whether they take the heap that it counts for them. Each service has an id of 33 characters, a
 * name, a URL, and an info of four members: about 200 bytes of JSON.
 */
final class MemoryCapacityBenchmark {
  private static final int SHARE = 4; // of the heap, the default of the store

  private MemoryCapacityBenchmark() {}

  static List<Row> run() {
    List<Row> rows = new ArrayList<>();
    for (String heap : List.of("64m", "128m", "256m", "512m", "1g", "2g")) {
      try (JavaProcess child =
          JavaProcess.start(
              "-Xmx" + heap,
              "-XX:+UseSerialGC",
              "-cp",
              JavaProcess.classPath(),
              MemoryCapacityBenchmark.class.getName())) {
        int services = Integer.parseInt(child.nextLine());
        double taken = Double.parseDouble(child.nextLine());
        double counted = Double.parseDouble(child.nextLine());
        rows.add(
            new Row(
                String.format(
                    Locale.ROOT, "Heap a service in memory, -Xmx%s takes %,d", heap, services),
                taken,
                "bytes",
                "as the store counts",
                counted,
                "<= 1"));
      }
    }
    return rows;
  }

  /**
   * Fills a store in a JVM of its own; prints the services, and the bytes each took and counted.
   */
  public static void main(String[] args) {
    try (MemoryTtlStore store = MemoryTtlStore.builder().build()) {
      long before = Heap.used();
      int services = 0;
      try {
        while (true) {
          store.put(new Claim(registration(services), new Ulid(0, services), Duration.ofHours(1)));
          services++;
        }
      } catch (RegistryFullException e) {
        double share = Runtime.getRuntime().maxMemory() / (double) SHARE;
        System.out.println(services);
        System.out.println((Heap.used() - before) / (double) services);
        System.out.println(share / services);
      }
    }
  }

  /** Returns one that shares no text with another, as those that come over the network. */
  private static Registration registration(int number) {
    return Registration.builder("http://10.0.0.1:" + (1_024 + number % 60_000))
        .id(String.format(Locale.ROOT, "orders-01m84s401h4r260e75%08d", number))
        .name("orders-" + number % 10)
        .info(
            Map.of(
                "display_name",
                "Orders " + number % 100,
                "version",
                "1.4." + number % 100,
                "zone",
                "eu-" + number % 3,
                "tags",
                List.of("blue-" + number % 2, "canary-" + number % 2)))
        .build();
  }
}
