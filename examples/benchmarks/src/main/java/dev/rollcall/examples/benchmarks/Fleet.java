package dev.rollcall.examples.benchmarks;

import dev.rollcall.Registration;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.registrar.Keepalive;
import dev.rollcall.registrar.Registrar;
import dev.rollcall.registrar.RegistrarState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Many services of one JVM at one registry. */
final class Fleet implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final TimedRegistry registry;
  private final List<Registration> registrations = new ArrayList<>();
  private final List<Registrar> registrars = new ArrayList<>();

  private Fleet(String url, int services, boolean combinesPings) {
    List<String> ids = IntStream.range(0, services).mapToObj(i -> "service-" + i).toList();
    this.registry =
        new TimedRegistry(HttpServiceRegistry.connect(url), combinesPings, INTERVAL, ids);
    ids.forEach(id -> registrations.add(Registration.builder("http://h:8000").id(id).build()));
  }

  static Fleet of(String url, int services) {
    return new Fleet(url, services, true);
  }

  /** Returns services whose pings are never sent together. */
  static Fleet pingingOneByOne(String url, int services) {
    return new Fleet(url, services, false);
  }

  /** Starts all, spread over an interval as services start in life, and waits until all are in. */
  void start(Keepalive keepalive) throws InterruptedException {
    long start = System.nanoTime();
    for (Registration registration : registrations) {
      Registrar registrar =
          Registrar.builder(registry, registration)
              .keepaliveInterval(INTERVAL)
              .keepalive(keepalive)
              .build();
      var unused = registrar.startInBackground();
      registrars.add(registrar);
      long due = start + INTERVAL.toNanos() / registrations.size() * registrars.size();
      Thread.sleep(Math.max(0, due - System.nanoTime()) / 1_000_000);
    }
    while (count(RegistrarState.REGISTERED) < registrars.size()) {
      Thread.sleep(100);
    }
  }

  long count(RegistrarState state) {
    return registrars.stream().filter(registrar -> registrar.state() == state).count();
  }

  /** Returns how many services were lost at any time, or are not registered now. */
  long lost() {
    return registrars.stream()
        .filter(
            registrar ->
                registrar.counts().registrations() > 1
                    || registrar.state() != RegistrarState.REGISTERED)
        .count();
  }

  /** Returns how many calls failed. */
  long failures() {
    return registrars.stream().mapToLong(registrar -> registrar.counts().failures()).sum();
  }

  TimedRegistry registry() {
    return registry;
  }

  @Override
  public void close() {
    registry.close();
  }
}
