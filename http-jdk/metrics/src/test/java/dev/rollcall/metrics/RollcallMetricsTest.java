package dev.rollcall.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.discovery.Query;
import dev.rollcall.history.ServiceMark;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.harness.RawStream;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.spi.Claim;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.ViewListener;
import dev.rollcall.store.memory.MemoryTtlStore;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RollcallMetricsTest {
  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final RollcallMetrics metrics = RollcallMetrics.of(meters);

  private TtlStore memory() {
    return metrics.measured(MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).build());
  }

  private double count(String name, String... tags) {
    return meters.get(name).tags(tags).counter().count();
  }

  private long calls(String operation) {
    return meters.get("rollcall.store").tags("operation", operation).timer().count();
  }

  @Test
  void whatAStoreDoesIsCountedAndTimed() {
    try (TtlStore store = memory()) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      registry.register(Registration.builder("http://h").id("a").build());
      registry.register(Registration.builder("http://h").id("b").build());
      registry.ping("a");
      registry.ping("nobody");
      registry.deregister("b");
      registry.deregister("b");
      registry.find("a");
      registry.list();

      assertThat(count("rollcall.registrations")).isEqualTo(2);
      assertThat(count("rollcall.pings")).isEqualTo(1);
      assertThat(count("rollcall.deregistrations")).isEqualTo(1);
      assertThat(meters.get("rollcall.services").gauge().value()).isEqualTo(1);
      assertThat(
              List.of(calls("put"), calls("renew"), calls("remove"), calls("find"), calls("list")))
          .containsExactly(2L, 2L, 2L, 1L, 1L);
      assertThat(count("rollcall.store.errors", "operation", "renew")).isZero();
    }
  }

  @Test
  void servicesThatComeBackOftenAndThoseThatPingLateAreCounted() {
    MemoryTtlStore memory = MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).build();
    ServiceRegistry registry = ServiceRegistry.over(memory);
    Registration restarting =
        Registration.builder("http://h").id("a").ttl(Duration.ofHours(1)).build();
    for (int i = 0; i <= ServiceMark.FLAPPING_COMEBACKS; i++) {
      registry.register(restarting);
      registry.deregister("a");
    }
    registry.register(restarting);
    Registration slow =
        Registration.builder("http://h").id("b").ttl(Duration.ofSeconds(30)).build();
    registry.register(slow);
    clock.advance(Duration.ofSeconds(25));
    registry.ping("b");
    try (TtlStore store = metrics.measured(memory)) {
      assertThat(store.counts().marked())
          .containsOnly(entry(ServiceMark.FLAPPING, 1L), entry(ServiceMark.LATE, 1L));
      assertThat(meters.get("rollcall.services.flapping").gauge().value()).isEqualTo(1);
      assertThat(meters.get("rollcall.services.late").gauge().value()).isEqualTo(1);
    }
  }

  @Test
  void comparisonsOfAViewAreCountedWithWhatTheyFound() {
    metrics.views().reconciled(0);
    metrics.views().reconciled(3);

    assertThat(count("rollcall.view.reconciles")).isEqualTo(2);
    assertThat(count("rollcall.view.differences")).isEqualTo(3);
  }

  @Test
  void theViewOfAWatchedRegistryIsMeasured() {
    try (TtlStore store = memory();
        ServiceRegistry registry =
            StoreRegistry.builder(store).viewListener(metrics.views()).build()) {
      registry.register(Registration.builder("http://h").id("a").build());
      WatchProbe probe = WatchProbe.open(registry, Query.all());
      probe.awaitIds("a");
      registry.register(Registration.builder("http://h").id("b").build());
      probe.awaitIds("a", "b");

      assertThat(meters.get("rollcall.watches").gauge().value()).isEqualTo(1);
      assertThat(meters.get("rollcall.view.stale").gauge().value()).isZero();
      assertThat(meters.get("rollcall.expiry.lag").timer().count()).isZero();
      probe.close();
      assertThat(meters.get("rollcall.watches").gauge().value()).isZero();
      assertThat(meters.get("rollcall.view.services").gauge().value()).isZero();
    }
  }

  @Test
  void aViewThatIsTooLateIsSeenInItsMeters() {
    ViewListener views = metrics.views();
    views.expirySeen(Duration.ofMillis(150));
    views.hintsMissed();
    views.staleness(true);
    views.servicesKnown(7);

    assertThat(meters.get("rollcall.expiry.lag").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(150);
    assertThat(count("rollcall.view.gaps")).isEqualTo(1);
    assertThat(meters.get("rollcall.view.stale").gauge().value()).isEqualTo(1);
    assertThat(meters.get("rollcall.view.services").gauge().value()).isEqualTo(7);
  }

  @Test
  @Timeout(30)
  void whatStreamsAreSentIsCounted() throws IOException {
    try (TtlStore store = memory();
        ServiceRegistry registry = ServiceRegistry.over(store);
        RegistryHttpServer server =
            RegistryHttpServer.builder(
                    RegistryEndpoints.builder(registry).streamListener(metrics.streams()).build())
                .start()) {
      String known;
      try (RawStream stream = RawStream.open(server.address(), "/services")) {
        stream.untilSync();
        assertThat(count("rollcall.stream.snapshots")).isEqualTo(1);
        assertThat(count("rollcall.stream.resumed")).isZero();
        assertThat(meters.get("rollcall.streams").gauge().value()).isEqualTo(1);
        known = stream.lastId();
        registry.register(Registration.builder("http://h").id("a").build());
        stream.untilSync();
        registry.register(Registration.builder("http://h").id("a").build());
        stream.untilSync();
        registry.register(Registration.builder("http://h").id("b").build());
        assertThat(stream.untilSync()).containsExactly("put b added", "sync");
        awaitCount("rollcall.stream.events", 3);
        assertThat(count("rollcall.stream.merged")).isZero();
      }
      try (RawStream again =
          RawStream.open(server.address(), "/services", "Last-Event-ID: " + known)) {
        assertThat(again.untilSync()).containsExactly("put a added", "put b added", "sync");
        awaitCount("rollcall.stream.events", 5);
        assertThat(count("rollcall.stream.merged")).isEqualTo(1);
        assertThat(count("rollcall.stream.resumed")).isEqualTo(1);
        assertThat(count("rollcall.stream.snapshots")).isEqualTo(1);
      }
    }
    assertThat(meters.get("rollcall.streams").gauge().value()).isZero();
    metrics.streams().cutOff();
    assertThat(count("rollcall.stream.cut.offs")).isEqualTo(1);
  }

  /** Waits for a count that a thread of the server makes after the client has what it sends. */
  private void awaitCount(String name, int expected) {
    while (count(name) != expected) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aLeaseThatRanOutIsAnExpiryAndOneThatWasGivenUpIsNone() {
    try (TtlStore store = memory()) {
      ServiceRegistry registry = ServiceRegistry.over(store);
      registry.register(Registration.builder("http://h").id("expires").build());
      registry.register(Registration.builder("http://h").id("leaves").build());
      registry.deregister("leaves");
      clock.advance(Duration.ofSeconds(31));
      registry.register(Registration.builder("http://h").id("expires").build());

      assertThat(meters.get("rollcall.expiries").functionCounter().count()).isEqualTo(1);
    }
  }

  @Test
  void aStoreThatLearnsOfNoExpiryHasNoSuchMeter() {
    try (TtlStore store = metrics.measured(new DownStore())) {
      assertThat(store.expired()).isEmpty();
      assertThat(meters.find("rollcall.expiries").meter()).isNull();
    }
  }

  @Test
  void aStoreThatIsDownCountsAsErrorsAndHasNoNumberOfServices() {
    try (TtlStore store = metrics.measured(new DownStore())) {
      assertThatThrownBy(() -> store.renew("a", Fence.none()))
          .isInstanceOf(StoreUnavailableException.class);

      assertThat(count("rollcall.store.errors", "operation", "renew")).isEqualTo(1);
      assertThat(calls("renew")).isEqualTo(1);
      assertThat(meters.get("rollcall.services").gauge().value()).isNaN();
      assertThat(meters.get("rollcall.services.late").gauge().value()).isNaN();
    }
  }

  @Test
  void theServicesAreCountedAtMostEveryFiveSeconds() {
    var down = new DownStore();
    var count = new Cached<>(down::counts, clock);

    for (int i = 0; i < 10; i++) {
      count.value();
    }
    assertThat(down.counted).isEqualTo(1);

    clock.advance(Duration.ofSeconds(5));
    count.value();
    assertThat(down.counted).isEqualTo(2);
  }

  @Test
  void aStoreThatTakesLongIsAskedTheMoreRarely() {
    var asked = new AtomicInteger();
    var count =
        new Cached<>(
            () -> {
              clock.advance(Duration.ofMillis(400));
              return asked.incrementAndGet();
            },
            clock);

    assertThat(count.value()).contains(1);
    clock.advance(Duration.ofMillis(19_599));
    assertThat(count.value()).contains(1);
    clock.advance(Duration.ofMillis(1));
    assertThat(count.value()).contains(2);
  }

  @Test
  void anOutageIsToldForNoLongerThanItLasts() {
    var asked = new AtomicInteger();
    var count =
        new Cached<>(
            () -> {
              if (asked.getAndIncrement() == 0) {
                clock.advance(Duration.ofMillis(2_500));
                throw new StoreUnavailableException("no reply in time", null, null);
              }
              return 7;
            },
            clock);

    assertThat(count.value()).isEmpty();
    clock.advance(Duration.ofMillis(4_999));
    assertThat(count.value()).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(count.value()).contains(7);
  }

  @Test
  void requestsAreTimedByOperationAndStatusAndRefusalsCountedByReason() {
    try (TtlStore store = memory();
        RegistryHttpServer server = serve(store)) {
      Wire wire = new Wire(server.address());
      wire.registered("a");
      wire.put("/services/a/$ping");
      wire.put("/services/nobody/$ping");
      wire.put("/services/someone/$ping");
      wire.send(
          "PUT",
          "/services/$ping",
          "{\"leases\":[{\"id\":\"a\"},{\"id\":\"x\"},{\"id\":\"y\"},{\"id\":\"z\"}]}"
              .getBytes(UTF_8),
          "Content-Type: application/json");
      wire.get("/wp-admin");
      wire.send("BREW", "/services");
    } // it has told of each request by then

    assertThat(requests("register", "2xx")).isEqualTo(1);
    assertThat(requests("ping", "2xx")).isEqualTo(1);
    assertThat(requests("ping", "4xx")).isEqualTo(2);
    assertThat(requests("ping-batch", "2xx")).isEqualTo(1);
    assertThat(requests("unknown", "4xx")).isEqualTo(2);
    assertThat(count("rollcall.refusals", "operation", "ping", "reason", "not-found"))
        .isEqualTo(2 + 3);
    assertThat(count("rollcall.refusals", "operation", "unknown", "reason", "no-such-path"))
        .isEqualTo(1);
    assertThat(count("rollcall.refusals", "operation", "unknown", "reason", "method-not-allowed"))
        .isEqualTo(1);
  }

  private long requests(String operation, String status) {
    return meters
        .get("rollcall.requests")
        .tags("operation", operation, "status", status)
        .timer()
        .count();
  }

  @Test
  void howManyMetersThereAreDependsOnNoId() {
    try (TtlStore store = memory()) {
      callWith(store, "first");
      List<Meter> before = meters.getMeters();
      callWith(store, IntStream.range(0, 20).mapToObj(i -> "x" + i).toArray(String[]::new));

      assertThat(meters.getMeters()).hasSameSizeAs(before);
    }
  }

  /** Calls a server of its own, which has told of each request when it is closed. */
  private void callWith(TtlStore store, String... ids) {
    try (RegistryHttpServer server = serve(store)) {
      Wire wire = new Wire(server.address());
      for (String id : ids) {
        callWithId(wire, id);
      }
    }
  }

  private RegistryHttpServer serve(TtlStore store) {
    ServiceRegistry registry = ServiceRegistry.over(store);
    return RegistryHttpServer.builder(
            RegistryEndpoints.builder(registry).listener(metrics.requests()).build())
        .start();
  }

  private static void callWithId(Wire wire, String id) {
    wire.registered(id);
    wire.put("/services/" + id + "/$ping");
    wire.put("/services/no-" + id + "/$ping");
    wire.get("/" + id);
    wire.send(id.toUpperCase(Locale.ROOT), "/services");
    wire.delete("/services/" + id);
  }

  @Test
  void twoRegistriesOfAProcessAreToldApartByTheirTags() {
    RollcallMetrics other = RollcallMetrics.of(meters, Tag.of("registry", "other"));
    try (TtlStore first = memory();
        TtlStore second = other.measured(TtlStore.open("memory:"))) {
      ServiceRegistry.over(second).register(Registration.builder("http://h").build());

      assertThat(first.counts().services()).isZero();
      assertThat(count("rollcall.registrations", "registry", "other")).isEqualTo(1);
    }
  }

  /** A store that cannot be asked. */
  private static final class DownStore implements TtlStore {
    private int counted;

    private static StoreUnavailableException down() {
      return new StoreUnavailableException("down", null, null);
    }

    @Override
    public Lease put(Claim claim) {
      throw down();
    }

    @Override
    public Optional<Lease> renew(String id, Fence fence) {
      throw down();
    }

    @Override
    public Optional<Service> remove(String id, Fence fence) {
      throw down();
    }

    @Override
    public Optional<Service> find(String id) {
      throw down();
    }

    @Override
    public Collection<Service> list() {
      counted++;
      throw down();
    }

    @Override
    public void close() {}
  }
}
