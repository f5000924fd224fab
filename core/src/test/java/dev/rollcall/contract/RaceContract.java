package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Service;
import dev.rollcall.contract.Race.Outcome;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two callers at once, on each pair of operations. */
public interface RaceContract extends RegistryFixture {

  private Lease register(String id) {
    return registry().register(aService(id).build());
  }

  private static String leaseId(Lease lease) {
    return lease.leaseId().orElseThrow();
  }

  @Test
  default void ofTwoRegistrationsOneHoldsTheIdAndBothSeeOneService() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        List<Outcome<Lease>> leases = race.run(() -> register("a"), () -> register("a"));

        long holders =
            race
                .run(
                    () -> registry().ping("a", leaseId(leases.get(0).get())),
                    () -> registry().ping("a", leaseId(leases.get(1).get())))
                .stream()
                .filter(ping -> !ping.threw(LeaseSupersededException.class))
                .count();
        assertThat(holders).isEqualTo(1);
        assertThat(registry().list()).hasSize(1);
        registry().deregister("a");
      }
    }
  }

  @Test
  default void aPingBesideADeregistrationNeverRevives() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        String lease = leaseId(register("a"));

        List<Outcome<Optional<?>>> outcomes =
            race.run(
                () -> registry().deregister("a"),
                () -> registry().ping("a"),
                () -> registry().ping("a", lease),
                () -> registry().ping("a"));

        assertThat(outcomes.get(0).get()).as("the deregistration").isPresent();
        outcomes.forEach(Outcome::get);
        assertThat(registry().find("a")).as("revived in round %d", round).isEmpty();
        assertThat(registry().ping("a")).isEmpty();
        assertThat(registry().list()).isEmpty();
      }
    }
  }

  @Test
  default void ofTwoDeregistrationsExactlyOneGetsTheService() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        String lease = leaseId(register("a"));

        List<Outcome<Optional<Service>>> outcomes =
            race.run(
                () -> registry().deregister("a"),
                () -> registry().deregister("a", lease),
                () -> registry().deregister("a"));

        assertThat(outcomes).filteredOn(outcome -> outcome.get().isPresent()).hasSize(1);
        assertThat(registry().find("a")).isEmpty();
      }
    }
  }

  @Test
  default void aDeregistrationWithTheOldLeaseNeverRemovesTheNewRegistration() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        String old = leaseId(register("a"));

        List<Outcome<Object>> outcomes =
            race.run(() -> register("a"), () -> registry().deregister("a", old));

        Lease current = (Lease) outcomes.get(0).get();
        outcomes.get(1).threw(LeaseSupersededException.class);
        assertThat(registry().ping("a", leaseId(current))).as("round %d", round).isPresent();
        registry().deregister("a");
      }
    }
  }

  @Test
  default void aPingWithTheOldLeaseNeverUndoesTheNewRegistration() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        String old = leaseId(register("a"));

        List<Outcome<Object>> outcomes =
            race.run(
                () -> registry().register(aService("a").url("http://new").build()),
                () -> registry().ping("a", old));

        Lease current = (Lease) outcomes.get(0).get();
        boolean superseded = outcomes.get(1).threw(LeaseSupersededException.class);
        assertThat(superseded || ((Optional<?>) outcomes.get(1).get()).isPresent())
            .as("a live id is never reported gone")
            .isTrue();
        assertThat(registry().ping("a", leaseId(current))).isPresent();
        assertThat(registry().find("a").map(Service::url)).contains("http://new");
      }
    }
  }

  @Test
  default void aDeregistrationBesideARegistrationLeavesAllOrNothing() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        register("a");

        List<Outcome<Object>> outcomes =
            race.run(() -> register("a"), () -> registry().deregister("a"));

        Lease current = (Lease) outcomes.get(0).get();
        assertThat((Optional<?>) outcomes.get(1).get()).isPresent();
        boolean found = registry().find("a").isPresent();
        assertThat(registry().ping("a", leaseId(current)).isPresent()).isEqualTo(found);
        assertThat(registry().list()).hasSize(found ? 1 : 0);
        registry().deregister("a");
      }
    }
  }

  @Test
  default void aServiceThatRegistersAgainIsNeverMissedByAReaderOrAPing() {
    try (Race race = new Race()) {
      register("a");
      for (int round = 0; round < rounds(); round++) {
        List<Outcome<Object>> outcomes =
            race.run(
                () -> register("a"),
                () -> registry().find("a").isPresent(),
                () -> registry().list().size() == 1,
                () -> registry().ping("a").isPresent());

        outcomes.get(0).get();
        outcomes.subList(1, 4).forEach(seen -> assertThat(seen.get()).isEqualTo(true));
      }
    }
  }

  @Test
  default void aReaderSeesEachRegistrationWhole() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        String url = "http://h/" + round;
        register("a");

        List<Outcome<Object>> outcomes =
            race.run(
                () ->
                    registry()
                        .register(
                            aService("a").url(url).info(java.util.Map.of("url", url)).build()),
                () -> registry().find("a"));

        Optional<?> found = (Optional<?>) outcomes.get(1).get();
        Service service = (Service) found.orElseThrow();
        boolean isNew = service.url().equals(url);
        assertThat(service.info().get("url")).isEqualTo(isNew ? url : null);
      }
    }
  }

  @Test
  default void twoPingsBothRenew() {
    try (Race race = new Race()) {
      String lease = leaseId(register("a"));
      for (int round = 0; round < rounds(); round++) {
        List<Outcome<Optional<Lease>>> outcomes =
            race.run(() -> registry().ping("a"), () -> registry().ping("a", lease));

        outcomes.forEach(ping -> assertThat(ping.get()).isPresent());
      }
    }
  }

  @Test
  default void aReadBesideADeregistrationSeesTheServiceOrNot() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        register("a");
        register("b");

        List<Outcome<Object>> outcomes =
            race.run(
                () -> registry().deregister("a").isPresent(),
                () -> registry().find("a"),
                () -> registry().list().stream().map(Service::id).toList());

        assertThat(outcomes.get(0).get()).isEqualTo(true);
        outcomes.get(1).get();
        assertThat((List<?>) outcomes.get(2).get()).isIn(List.of("a", "b"), List.of("b"));
        assertThat(registry().find("a")).isEmpty();
      }
    }
  }
}
