package dev.rollcall.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.control.ForwardingStore;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.discovery.DiscoveryListener;
import dev.rollcall.discovery.Pick;
import dev.rollcall.discovery.View;
import dev.rollcall.spi.TtlStore;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DiscoveryMetersTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private double value(String name, String... tags) {
    return meters.get("rollcall.discovery." + name).tags(tags).gauge().value();
  }

  private double count(String name, String... tags) {
    return meters.get("rollcall.discovery." + name).tags(tags).functionCounter().count();
  }

  private static void register(ServiceRegistry registry, String name, String... ids) {
    for (String id : ids) {
      registry.register(Registration.builder("http://h").id(id).name(name).build());
    }
  }

  @Test
  void whatADiscoveryDoesIsCounted() throws Exception {
    try (ServiceRegistry registry = ServiceRegistry.open("memory:")) {
      register(registry, "orders", "a", "b");
      register(registry, "payments", "p");
      register(registry, "others", "o");
      try (Discovery discovery =
          Discovery.of(registry).named("orders").named("payments").named("absent").build()) {
        RollcallMetrics.of(meters).measure(discovery);
        assertThat(discovery.awaitFirstView(Duration.ofSeconds(30))).isTrue();
        discovery.pick("payments").close();
        try (Pick pick = discovery.pick("orders")) {
          pick.failed();
        }

        assertThat(count("picks")).isEqualTo(2);
        assertThat(count("ejections")).isEqualTo(1);
        assertThat(value("ejected")).isEqualTo(1);
        assertThat(value("view.age")).isZero();
        assertThat(value("instances", "name", "orders")).isEqualTo(2);
        assertThat(value("instances", "name", "payments")).isEqualTo(1);
        assertThat(value("instances", "name", "absent")).isZero();
        assertThat(meters.get("rollcall.discovery.instances").gauges()).hasSize(3);
      }
    }
  }

  @Test
  void namesThatNobodyAskedForAreNoTags() {
    try (ServiceRegistry registry = ServiceRegistry.open("memory:");
        Discovery all = Discovery.of(registry).build()) {
      register(registry, "orders", "a");
      RollcallMetrics.of(meters).measure(all);
      assertThat(all.services("orders")).hasSizeLessThan(2);

      assertThat(meters.find("rollcall.discovery.instances").gauges()).isEmpty();
    }
  }

  @Test
  void twoDiscoveriesAreToldApartByTheirTags() {
    try (ServiceRegistry registry = ServiceRegistry.open("memory:")) {
      register(registry, "orders", "a");
      try (Discovery one = Discovery.of(registry).named("orders").build();
          Discovery other = Discovery.of(registry).named("orders").build()) {
        RollcallMetrics.of(meters, Tag.of("discovery", "one")).measure(one);
        RollcallMetrics.of(meters, Tag.of("discovery", "other")).measure(other);
        other.pick().close();

        assertThat(count("picks", "discovery", "one")).isZero();
        assertThat(count("picks", "discovery", "other")).isEqualTo(1);
      }
    }
  }

  /** A store that can be asked no longer. */
  private static final class EndingStore extends ForwardingStore {
    volatile boolean isDown;

    EndingStore(TtlStore store) {
      super(store);
    }

    @Override
    public Collection<Service> list() {
      if (isDown) {
        throw new StoreUnavailableException("down", null, null);
      }
      return super.list();
    }
  }

  @Test
  void theAgeOfTheViewGrowsWhileTheRegistryCannotBeAsked() throws Exception {
    EndingStore store = new EndingStore(TtlStore.open("memory:"));
    CountDownLatch isStale = new CountDownLatch(1);
    try (StoreRegistry registry =
            StoreRegistry.builder(store).reconcileInterval(Duration.ofMillis(100)).build();
        Discovery discovery =
            Discovery.of(registry)
                .named("orders")
                .listener(
                    new DiscoveryListener() {
                      @Override
                      public void changed(View view, List<Change> changes) {
                        if (view.staleSince().isPresent()) {
                          isStale.countDown();
                        }
                      }
                    })
                .build()) {
      assertThat(discovery.awaitFirstView(Duration.ofSeconds(30))).isTrue();
      store.isDown = true;
      isStale.await();
      Instant since = discovery.staleSince().orElseThrow();
      DiscoveryMeters.bind(
          new MeterFactory(meters, Tags.empty()), discovery, () -> since.plusMillis(1_500));
      DiscoveryMeters.bind(
          new MeterFactory(meters, Tags.of("clock", "set back")),
          discovery,
          () -> since.minusSeconds(1));

      assertThat(
              meters.get("rollcall.discovery.view.age").tags("clock", "set back").gauge().value())
          .isZero();
      assertThat(
              meters.get("rollcall.discovery.view.age").gauges().stream()
                  .mapToDouble(gauge -> gauge.value())
                  .sum())
          .isEqualTo(1.5);
    }
  }
}
