package dev.rollcall.contract;

import static dev.rollcall.contract.RegistryFixture.aService;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.contract.Race.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** A lease that ends at the very moment of a call. */
public interface ExpiryRaceContract extends RegistryFixture {

  private String aDyingService() {
    String lease = registry().register(aService("a").build()).leaseId().orElseThrow();
    elapse(TTL.minus(MILLI));
    return lease;
  }

  private Callable<Object> theEnd() {
    return () -> {
      elapse(MILLI);
      return "elapsed";
    };
  }

  @Test
  default void aPingBesideTheExpiryRenewsOrComesTooLateButNeverRevives() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        String lease = aDyingService();

        List<Outcome<Object>> outcomes =
            race.run(
                theEnd(),
                () -> registry().find("a").isPresent() ? "alive" : "dead",
                () -> registry().ping("a", lease));

        outcomes.get(0).get();
        outcomes.get(1).get();
        boolean renewed = ((Optional<?>) outcomes.get(2).get()).isPresent();
        assertThat(registry().find("a").isPresent()).as("round %d", round).isEqualTo(renewed);
        registry().deregister("a");
      }
    }
  }

  @Test
  default void onceSeenDeadAServiceStaysDeadWhateverPingsAreUnderWay() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        aDyingService();

        List<Outcome<Object>> outcomes =
            race.run(
                () -> {
                  elapse(MILLI);
                  return registry().find("a").isEmpty();
                },
                () -> registry().ping("a"),
                () -> registry().ping("a"));

        outcomes.forEach(Outcome::get);
        boolean seenDead = (Boolean) outcomes.get(0).get();
        assertThat(seenDead && registry().find("a").isPresent())
            .as("revived in round %d", round)
            .isFalse();
        registry().deregister("a");
      }
    }
  }

  @Test
  default void aRegistrationBesideTheExpiryAlwaysStands() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        aDyingService();

        List<Outcome<Object>> outcomes =
            race.run(theEnd(), () -> registry().register(aService("a").build()));

        Lease lease = (Lease) outcomes.get(1).get();
        assertThat(registry().ping("a", lease.leaseId().orElseThrow()))
            .as("round %d", round)
            .isPresent();
        registry().deregister("a");
      }
    }
  }

  @Test
  default void aDeregistrationBesideTheExpiryLeavesNothing() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        aDyingService();

        List<Outcome<Object>> outcomes =
            race.run(
                theEnd(),
                () -> registry().deregister("a"),
                () -> registry().list().stream().map(Service::id).toList());

        outcomes.forEach(Outcome::get);
        assertThat(registry().find("a")).isEmpty();
        assertThat(registry().list()).isEmpty();
      }
    }
  }
}
