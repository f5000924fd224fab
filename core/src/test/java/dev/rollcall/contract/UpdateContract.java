package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Lease;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.contract.Race.Outcome;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.View;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A registration that names the lease of a live service: it updates that service. */
public interface UpdateContract extends RegistryFixture {

  private String registered(String id) {
    return registry().register(aService(id).build()).leaseId().orElseThrow();
  }

  private static Registration anUpdate(String id, String leaseId, int v) {
    return aService(id).info(Map.of("v", v)).leaseId(leaseId).build();
  }

  @Test
  default void anUpdateChangesWhatAServiceSaysAndKeepsItsLeaseAndItsRegistrationTime() {
    String lease = registered("a");
    Service before = registry().find("a").orElseThrow();
    elapse(Duration.ofSeconds(20));

    Lease updated = registry().register(anUpdate("a", lease, 2));

    assertThat(updated.id()).isEqualTo("a");
    assertThat(updated.leaseId()).contains(lease);
    assertThat(updated.ttl()).isEqualTo(TTL);
    Service after = registry().find("a").orElseThrow();
    assertThat(after.info()).isEqualTo(Map.of("v", 2)); // the whole info, not merged
    assertThat(Duration.between(before.registeredAt(), after.registeredAt()).abs())
        .isLessThanOrEqualTo(clockTolerance());
    elapse(Duration.ofSeconds(20));
    assertThat(registry().ping("a", lease)).isPresent(); // it started the lease again
    assertThat(registry().deregister("a", lease)).isPresent();
  }

  @Test
  default void anUpdateMayBeRepeated() {
    String lease = registered("a");

    for (int i = 0; i < 3; i++) {
      assertThat(registry().register(anUpdate("a", lease, 2)).leaseId()).contains(lease);
    }
    assertThat(registry().list()).singleElement().returns(Map.of("v", 2), Service::info);
  }

  @Test
  default void anUpdateByASupersededServiceIsRefused() {
    String old = registered("a");
    String current = registered("a");

    assertThatThrownBy(() -> registry().register(anUpdate("a", old, 2)))
        .isInstanceOf(LeaseSupersededException.class)
        .hasMessageContaining("'a'");

    assertThat(registry().find("a").map(Service::info))
        .contains(Map.of("display_name", "My Service"));
    assertThat(registry().ping("a", current)).isPresent();
  }

  @Test
  default void anUpdateOfAServiceThatIsGoneIsRefused() {
    String deregistered = registered("a");
    registry().deregister("a");
    String expired = registered("b");
    elapse(TTL);

    assertThatThrownBy(() -> registry().register(anUpdate("a", deregistered, 2)))
        .isInstanceOf(LeaseEndedException.class)
        .hasMessageContaining("'a'");
    assertThatThrownBy(() -> registry().register(anUpdate("b", expired, 2)))
        .isInstanceOf(LeaseEndedException.class)
        .hasMessageContaining("'b'");
    assertThat(registry().list()).isEmpty();
  }

  @Test
  default void aLeaseOfAnotherServiceUpdatesNothing() {
    registered("a");
    String other = registered("b");

    assertThatThrownBy(() -> registry().register(anUpdate("a", other, 2)))
        .isInstanceOf(LeaseSupersededException.class);
    assertThat(registry().find("a").map(Service::info))
        .contains(Map.of("display_name", "My Service"));
  }

  @Test
  default void pingsThatAreUnderWayWithTheLeaseSucceedBesideUpdates() {
    String lease = registered("a");
    try (Race race = new Race()) {
      for (int i = 0; i < rounds(); i++) {
        int round = i;
        List<Outcome<Object>> outcomes =
            race.run(
                () -> registry().register(anUpdate("a", lease, round)),
                () -> registry().ping("a", lease),
                () -> registry().find("a"));

        assertThat(((Lease) outcomes.get(0).get()).leaseId()).contains(lease);
        assertThat((Optional<?>) outcomes.get(1).get()).as("ping %d", round).isPresent();
        assertThat((Optional<?>) outcomes.get(2).get()).as("find %d", round).isPresent();
        assertThat(registry().find("a").map(Service::info)).contains(Map.of("v", round));
      }
    }
  }

  @Test
  default void aWatcherSeesAnUpdateAndNoRemoval() {
    String lease = registered("a");
    try (WatchProbe probe = WatchProbe.open(registry(), Query.all(), patience())) {
      View first = probe.awaitIds("a");
      Service before = first.services().get(0);

      registry().register(anUpdate("a", lease, 1));
      Change change = probe.awaitChange("a", Change.Type.UPDATED);
      registry().register(anUpdate("a", lease, 2));
      View last = probe.await(view -> view.services().get(0).info().equals(Map.of("v", 2)));

      assertThat(change.previous().map(Service::info))
          .contains(Map.of("display_name", "My Service"));
      assertThat(Duration.between(before.registeredAt(), change.service().registeredAt()).abs())
          .isLessThanOrEqualTo(clockTolerance());
      assertThat(last.version()).isNotEqualTo(first.version());
      assertThat(probe.changes()).noneMatch(Change::isGone);
    }
  }
}
