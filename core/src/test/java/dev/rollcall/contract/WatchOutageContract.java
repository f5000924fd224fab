package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a watcher is told while the registry cannot be asked, and afterwards. It is apart from
 * {@link ServiceRegistryContract}, since not every test can make its registry fail.
 */
public interface WatchOutageContract extends RegistryFixture {

  /** Keeps the registry from its services: from now on each call fails, and nothing is lost. */
  void beginOutage();

  /** Ends what {@link #beginOutage} has begun. */
  void endOutage();

  private WatchProbe open() {
    return WatchProbe.open(registry(), Query.all(), patience());
  }

  private static boolean isStale(View view) {
    return view.staleSince().isPresent();
  }

  private static boolean isFresh(View view) {
    return view.staleSince().isEmpty();
  }

  @Test
  default void anOutageMakesTheViewOldAndNobodyGone() {
    registry().register(aService("a").build());
    registry().register(aService("b").build());
    try (WatchProbe probe = open()) {
      String version = probe.awaitIds("a", "b").version();
      beginOutage();
      View stale;
      try {
        stale = probe.await(WatchOutageContract::isStale);
      } finally {
        endOutage();
      }
      View fresh = probe.await(WatchOutageContract::isFresh);

      assertThat(stale.services()).extracting(Service::id).containsExactly("a", "b");
      assertThat(fresh.services()).extracting(Service::id).containsExactly("a", "b");
      assertThat(fresh.version()).isEqualTo(version);
      assertThat(probe.changes()).extracting(Change::type).containsOnly(Change.Type.ADDED);
    }
  }

  @Test
  default void aLeaseThatEndsDuringAnOutageIsToldAfterIt() {
    registry().register(aService("a").build());
    registry().register(aService("brief").ttl(Duration.ofSeconds(2)).build());
    try (WatchProbe probe = open()) {
      probe.await(view -> !view.services().isEmpty());
      beginOutage();
      try {
        probe.await(WatchOutageContract::isStale);
        // Unless it ended before, on a machine that is slow to notice the outage.
        List<Change> meanwhile = probe.changes();
        assertThat(meanwhile).extracting(Change::type).doesNotContain(Change.Type.LOST);
      } finally {
        endOutage();
      }
      elapse(Duration.ofSeconds(2));

      probe.awaitIds("a");
      probe.await(WatchOutageContract::isFresh);
    }
  }

  @Test
  default void afterAnOutageTheWatcherHasWhatTheListHas() {
    registry().register(aService("a").build());
    registry().register(aService("b").build());
    try (WatchProbe probe = open()) {
      probe.awaitIds("a", "b");
      beginOutage();
      try {
        probe.await(WatchOutageContract::isStale);
      } finally {
        endOutage();
      }
      probe.await(WatchOutageContract::isFresh);
      registry().register(aService("c").build());
      registry().register(aService("a").url("http://elsewhere").build());
      registry().deregister("b");

      View view = probe.awaitIds("a", "c");
      probe.awaitChange("a", Change.Type.UPDATED);
      assertThat(registry().list())
          .extracting(Service::id)
          .containsExactlyElementsOf(view.services().stream().map(Service::id).toList());
    }
  }
}
