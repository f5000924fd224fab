package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.Ulid;
import dev.rollcall.spi.Claim;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.time.Duration;
import java.util.List;

/** The heap that a lease and its history take beyond the registration that its caller made. */
final class LeaseHeapBenchmark {
  private static final int SERVICES = 1_000_000;
  private static final double GOAL_BYTES = 400;

  private LeaseHeapBenchmark() {}

  static List<Row> run() {
    try (JavaProcess child =
        JavaProcess.start(
            "-Xmx2g",
            "-XX:+UseSerialGC",
            "-cp",
            JavaProcess.classPath(),
            LeaseHeapBenchmark.class.getName())) {
      double bytes = Double.parseDouble(child.nextLine());
      return List.of(
          new Row(
              "Heap a lease and its history, of 1,000,000",
              bytes,
              "bytes",
              "the goal",
              GOAL_BYTES,
              "<= 1"));
    }
  }

  /** Measures in a JVM of its own, and prints the bytes a lease. */
  public static void main(String[] args) {
    Registration[] registrations = new Registration[SERVICES];
    for (int i = 0; i < SERVICES; i++) {
      registrations[i] = Registration.builder("http://h").id("service-" + i).build();
    }
    try (MemoryTtlStore store = MemoryTtlStore.builder().build()) {
      long before = Heap.used();
      for (int i = 0; i < SERVICES; i++) {
        store.put(new Claim(registrations[i], new Ulid(0, i), Duration.ofHours(1)));
      }
      System.out.println((Heap.used() - before) / (double) SERVICES);
    }
  }
}
