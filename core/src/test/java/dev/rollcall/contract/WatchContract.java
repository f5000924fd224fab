package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Discovery;
import dev.rollcall.discovery.DiscoveryListener;
import dev.rollcall.discovery.NoInstanceException;
import dev.rollcall.discovery.Pick;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a watcher is told. */
public interface WatchContract extends RegistryFixture {
  /** How often a test tries what depends on the speed of the machine. */
  int ATTEMPTS = 10;

  /** The shortest lease there is. */
  Duration SHORT = Duration.ofSeconds(1);

  /**
   * Returns whether the registry tells why a service is gone, and sees each registration. Over a
   * store that tells nobody of changes it cannot, since it finds them by comparison.
   */
  default boolean tellsCauses() {
    return false;
  }

  private WatchProbe open(Query query) {
    return WatchProbe.open(registry(), query, patience());
  }

  private static List<String> idsOf(View view) {
    return view.services().stream().map(Service::id).toList();
  }

  @Test
  default void aWatcherIsToldFirstOfAllThereIs() {
    registry().register(aService("b").build());
    registry().register(aService("a").build());
    try (WatchProbe probe = open(Query.all())) {
      View view = probe.awaitIds("a", "b");

      assertThat(view.staleSince()).isEmpty();
      assertThat(probe.changes()).extracting(Change::type).containsOnly(Change.Type.ADDED);
      assertThat(view.services().get(0).url()).isEqualTo("http://my-service:8000");
    }
  }

  @Test
  default void aWatcherOfAnEmptyRegistryIsToldThatItIsEmpty() {
    try (WatchProbe probe = open(Query.all())) {
      assertThat(probe.awaitIds().services()).isEmpty();
    }
  }

  @Test
  default void aWatcherIsToldOfEachChangeAndWhy() {
    try (WatchProbe probe = open(Query.all())) {
      probe.awaitIds();

      registry().register(aService("a").build());
      probe.awaitChange("a", Change.Type.ADDED);
      registry().register(aService("a").build());
      if (tellsCauses()) {
        probe.awaitChange("a", Change.Type.REGISTERED);
      }
      registry().register(aService("a").url("http://elsewhere").build());
      Change updated = probe.awaitChange("a", Change.Type.UPDATED);
      assertThat(updated.service().url()).isEqualTo("http://elsewhere");
      registry().deregister("a");

      probe.awaitIds();
    }
  }

  @Test
  default void aDeregistrationIsToldAsThat() {
    try (WatchProbe probe = open(Query.all())) {
      probe.awaitIds();
      // Where the registry's way of hearing of changes is slow to begin, it does not know the
      // cause.
      boolean isTold = false;
      int attempts = tellsCauses() ? ATTEMPTS : 1;
      for (int i = 0; i < attempts && !isTold; i++) {
        String id = "a" + i;
        registry().register(aService(id).build());
        probe.awaitIds(id);
        registry().deregister(id);
        probe.awaitIds();
        isTold = probe.lastTypeOf(id) == Change.Type.DEREGISTERED;
      }
      assertThat(isTold).isEqualTo(tellsCauses());
    }
  }

  @Test
  default void theEndOfALeaseIsTold() {
    try (WatchProbe probe = open(Query.all())) {
      probe.awaitIds();
      // On a busy machine a short lease may end before it is seen.
      for (int i = 0; i < ATTEMPTS; i++) {
        String id = "brief" + i;
        registry().register(aService(id).ttl(SHORT).build());
        if (probe.isSeenWithin(id, SHORT)) {
          elapse(SHORT);
          probe.awaitIds();
          assertThat(probe.lastTypeOf(id)).isIn(Change.Type.EXPIRED, Change.Type.LOST);
          if (probe.lastTypeOf(id) == Change.Type.EXPIRED || !tellsCauses()) {
            return;
          }
        }
        elapse(SHORT);
        probe.awaitIds();
      }
      fail("no lease was seen to end, and told as that");
    }
  }

  @Test
  default void aPingIsNoChange() {
    registry().register(aService("a").build());
    try (WatchProbe probe = open(Query.all())) {
      probe.awaitIds("a");
      String version = probe.awaitIds("a").version();
      int calls = probe.calls();

      for (int i = 0; i < 100; i++) {
        assertThat(registry().ping("a")).isPresent();
      }
      registry().register(aService("z").build()); // What comes after the pings is seen.
      View view = probe.awaitIds("a", "z");

      assertThat(probe.calls()).isEqualTo(calls + 1);
      assertThat(view.version()).isNotEqualTo(version);
      registry().deregister("z");
      assertThat(probe.awaitIds("a").version()).isEqualTo(version);
    }
  }

  @Test
  default void aPingedServiceOutlivesTheLeaseThatWasSeen() {
    registry().register(aService("a").build());
    try (WatchProbe probe = open(Query.all())) {
      probe.awaitIds("a");
      elapse(Duration.ofSeconds(20));
      assertThat(registry().ping("a")).isPresent();
      elapse(Duration.ofSeconds(20));

      registry().register(aService("z").build());
      probe.awaitIds("a", "z");

      assertThat(probe.changes()).noneMatch(Change::isGone);
    }
  }

  @Test
  default void aQueryIsToldOnlyOfWhatItAsksFor() {
    try (WatchProbe probe = open(Query.named("orders").where("info.zone", "eu-1"))) {
      probe.awaitIds();
      registry().register(inZone("a", "orders", "eu-1"));
      registry().register(inZone("b", "billing", "eu-1"));
      registry().register(inZone("c", "orders", "us-1"));
      registry().register(inZone("d", "orders", "eu-1"));

      probe.awaitIds("a", "d");
      registry().register(inZone("a", "orders", "us-1"));
      probe.awaitIds("d");
      probe.awaitChange("a", Change.Type.UNMATCHED);
      registry().register(inZone("c", "orders", "eu-1"));
      probe.awaitIds("c", "d");

      assertThat(probe.changes()).extracting(Change::id).doesNotContain("b");
    }
  }

  private static Registration inZone(String id, String name, String zone) {
    return aService(id).name(name).info(Map.of("zone", zone)).build();
  }

  @Test
  default void twoWatchersOfOneQueryAreToldTheSame() {
    try (WatchProbe first = open(Query.all())) {
      registry().register(aService("a").build());
      first.awaitIds("a");
      try (WatchProbe second = open(Query.all())) {
        registry().register(aService("b").build());

        assertThat(first.awaitIds("a", "b").version())
            .isEqualTo(second.awaitIds("a", "b").version());
      }
    }
  }

  @Test
  default void aClosedWatchIsToldNothingMore() {
    WatchProbe closed = new WatchProbe(patience());
    try (WatchProbe open = open(Query.all())) {
      Watch watch = registry().watch(Query.all(), closed);
      closed.awaitIds();
      watch.close();
      watch.close();
      int calls = closed.calls();

      registry().register(aService("a").build());
      open.awaitIds("a");

      assertThat(closed.calls()).isEqualTo(calls);
    }
  }

  @Test
  default void aListenerThatBlocksHoldsUpNoOtherAndThenSeesTheLastState()
      throws InterruptedException {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch isBlocked = new CountDownLatch(1);
    WatchProbe slow = new WatchProbe(patience());
    WatchListener blocking =
        (view, changes) -> {
          slow.changed(view, changes);
          isBlocked.countDown();
          awaitQuietly(gate);
        };
    Watch watch = registry().watch(Query.all(), blocking);
    try (WatchProbe quick = open(Query.all())) {
      assertThat(isBlocked.await(30, TimeUnit.SECONDS)).isTrue();
      quick.awaitIds();

      registry().register(aService("passing").build());
      quick.awaitIds("passing");
      registry().deregister("passing");
      quick.awaitIds();
      registry().register(aService("a").build());
      quick.awaitIds("a");
      assertThat(slow.calls()).isEqualTo(1);
      gate.countDown();

      slow.awaitIds("a"); // The steps before may have been merged.
    } finally {
      gate.countDown();
      watch.close();
    }
  }

  @Test
  default void whatHappensWhileAListenerBlocksIsToldInFull() throws InterruptedException {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch isBlocked = new CountDownLatch(1);
    WatchProbe slow = new WatchProbe(patience());
    registry().register(aService("goes").build());
    registry().register(aService("changes").build());
    Watch watch =
        registry()
            .watch(
                Query.all(),
                (view, changes) -> {
                  slow.changed(view, changes);
                  isBlocked.countDown();
                  awaitQuietly(gate);
                });
    try (WatchProbe quick = open(Query.all())) {
      assertThat(isBlocked.await(30, TimeUnit.SECONDS)).isTrue();
      registry().register(aService("comes").build());
      registry().register(aService("changes").url("http://elsewhere").build());
      registry().deregister("goes");
      registry().register(aService("last").build());
      quick.awaitIds("changes", "comes", "last");
      gate.countDown();

      slow.awaitIds("changes", "comes", "last");
      slow.awaitChange("changes", Change.Type.UPDATED);
    } finally {
      gate.countDown();
      watch.close();
    }
  }

  private static void awaitQuietly(CountDownLatch gate) {
    try {
      var unused = gate.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  default void aListenerThatThrowsIsToldTheNextTime() {
    WatchProbe probe = new WatchProbe(patience());
    AtomicInteger calls = new AtomicInteger();
    WatchListener failing =
        (view, changes) -> {
          probe.changed(view, changes);
          if (calls.incrementAndGet() == 1) {
            throw new IllegalStateException("of a listener, on purpose");
          }
        };
    Watch watch = registry().watch(Query.all(), failing);
    try {
      probe.awaitIds();
      registry().register(aService("a").build());

      probe.awaitIds("a");
    } finally {
      watch.close();
    }
  }

  @Test
  default void aPageIsNotWatched() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry().watch(Query.all().limit(1), new WatchProbe(patience())));
  }

  @Test
  default void afterManyChangesAtOnceTheWatcherHasWhatTheListHas() {
    try (WatchProbe probe = open(Query.all());
        Race race = new Race()) {
      probe.awaitIds();
      Random random = new Random(rounds());
      for (int round = 0; round < rounds() / 10; round++) {
        String one = "s" + random.nextInt(8);
        String other = "s" + random.nextInt(8);
        race.run(
            () -> registry().register(aService(one).build()),
            () -> registry().deregister(other),
            () -> registry().ping(one),
            () -> registry().register(aService(other).url("http://" + one).build()));
      }
      List<Service> listed = registry().list();

      probe.await(view -> idsOf(view).equals(listed.stream().map(Service::id).toList()));
      probe.await(view -> urlsOf(view.services()).equals(urlsOf(listed)));
    }
  }

  private static List<String> urlsOf(List<Service> services) {
    List<String> urls = new ArrayList<>();
    services.forEach(service -> urls.add(service.url()));
    return urls;
  }

  @Test
  default void aDiscoveryPicksWhoIsThereAndNobodyWhoHasGone() throws InterruptedException {
    registry().register(aService("a").name("orders").build());
    CountDownLatch gone = new CountDownLatch(1);
    DiscoveryListener listener =
        new DiscoveryListener() {
          @Override
          public void changed(View view, List<Change> changes) {
            if (view.services().isEmpty()) {
              gone.countDown();
            }
          }
        };
    try (Discovery orders =
        Discovery.of(registry())
            .named("orders")
            .startTimeout(patience())
            .listener(listener)
            .build()) {
      try (Pick pick = orders.pick()) {
        assertThat(pick.service().id()).isEqualTo("a");
      }

      registry().deregister("a");

      assertThat(gone.await(patience().toNanos(), TimeUnit.NANOSECONDS)).isTrue();
      assertThatThrownBy(orders::pick).isInstanceOf(NoInstanceException.class);
    }
  }
}
