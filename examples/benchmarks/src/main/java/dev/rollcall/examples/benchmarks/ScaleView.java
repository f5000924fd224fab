package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.StoreRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.ViewListener;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * Watches all services of a store, and prints how long it takes until they are known, what heap
 * each takes, how long a list takes, and by how much the ends of leases are seen late.
 */
final class ScaleView {
  /** What is printed, a line each. */
  static final List<String> FIGURES =
      List.of("view's start, s", "view's heap for each, B", "list, s", "expiry to event p99, ms");

  private static final int EXPIRING = 2_000;
  private static final Duration SHORT_TTL = Duration.ofSeconds(5);

  private ScaleView() {}

  /**
   * Measures.
   *
   * @param args the store, and how many services it has
   */
  public static void main(String[] args) throws InterruptedException {
    int services = Integer.parseInt(args[1]);
    Latencies lags = new Latencies();
    CountDownLatch expired = new CountDownLatch(EXPIRING);
    ViewListener listener =
        new ViewListener() {
          @Override
          public void expirySeen(Duration lag) {
            lags.add(lag.toNanos());
            expired.countDown();
          }
        };
    try (TtlStore store = TtlStore.open(args[0]);
        StoreRegistry registry = StoreRegistry.builder(store).viewListener(listener).build()) {
      long empty = Heap.used();
      long start = System.nanoTime();
      CountDownLatch known = new CountDownLatch(1);
      Watch watch =
          registry.watch(
              Query.all(),
              (view, changes) -> {
                if (view.services().size() >= services) {
                  known.countDown();
                }
              });
      known.await();
      print(secondsSince(start));
      print((double) (Heap.used() - empty) / services);
      start = System.nanoTime();
      int listed = registry.list().size();
      print(listed < services ? Double.NaN : secondsSince(start));
      for (int i = 0; i < EXPIRING; i++) {
        var unused =
            registry.register(
                Registration.builder("http://h").id("expiring-" + i).ttl(SHORT_TTL).build());
      }
      expired.await();
      print(lags.percentileMillis(0.99));
      watch.close();
    }
  }

  private static double secondsSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private static void print(double figure) {
    System.out.printf(Locale.ROOT, "%.3f%n", figure);
  }
}
