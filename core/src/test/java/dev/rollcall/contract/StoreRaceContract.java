package dev.rollcall.contract;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static dev.rollcall.contract.StoreFixture.fenceOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Service;
import dev.rollcall.contract.Race.Outcome;
import dev.rollcall.spi.Claim;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Callers at once: each change is one step, so no read and write come apart. */
public interface StoreRaceContract extends StoreFixture {
  /** Enough entries that a list takes a while. */
  int MANY = 100;

  private Claim put(String id) {
    Claim claim = aClaim(id);
    store().put(claim);
    return claim;
  }

  @Test
  default void aRenewalBesideARemovalNeverRevives() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        Claim claim = put("a");

        List<Outcome<Optional<?>>> outcomes =
            race.run(
                () -> store().remove("a", fenceOf(claim)),
                () -> store().renew("a", Fence.none()),
                () -> store().renew("a", fenceOf(claim)));

        assertThat(outcomes.get(0).get()).as("the removal").isPresent();
        outcomes.forEach(Outcome::get);
        assertThat(store().find("a")).as("revived in round %d", round).isEmpty();
        assertThat(store().list()).isEmpty();
      }
    }
  }

  @Test
  default void whatOnceWasSeenDeadStaysDeadWhateverRenewalsAreUnderWay() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        Claim claim = put("a");
        elapse(TTL.minus(MILLI));

        List<Outcome<Object>> outcomes =
            race.run(
                () -> {
                  elapse(MILLI);
                  return store().find("a").isEmpty();
                },
                () -> store().renew("a", Fence.none()),
                () -> store().renew("a", fenceOf(claim)));

        outcomes.forEach(Outcome::get);
        boolean seenDead = (Boolean) outcomes.get(0).get();
        assertThat(seenDead && store().find("a").isPresent())
            .as("revived in round %d", round)
            .isFalse();
        store().remove("a", Fence.none());
      }
    }
  }

  @Test
  default void ofSeveralRemoversExactlyOneGetsTheService() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        Claim claim = put("a");

        List<Outcome<Optional<Service>>> outcomes =
            race.run(
                () -> store().remove("a", Fence.none()),
                () -> store().remove("a", fenceOf(claim)),
                () -> store().remove("a", Fence.none()));

        assertThat(outcomes).filteredOn(outcome -> outcome.get().isPresent()).hasSize(1);
      }
    }
  }

  @Test
  default void ofTwoPutsOneHoldsTheId() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        Claim first = aClaim("a");
        Claim second = aClaim("a");
        race.run(() -> store().put(first), () -> store().put(second)).forEach(Outcome::get);

        long holders =
            race
                .run(
                    () -> store().renew("a", fenceOf(first)),
                    () -> store().renew("a", fenceOf(second)))
                .stream()
                .filter(renewal -> !renewal.threw(LeaseSupersededException.class))
                .count();
        assertThat(holders).as("round %d", round).isEqualTo(1);
        assertThat(store().list()).hasSize(1);
        store().remove("a", Fence.none());
      }
    }
  }

  @Test
  default void aPutBesideARemovalIsRemovedOrStartsANewLife() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        put("a");
        elapse(MILLI.multipliedBy(10).plus(clockTolerance()));
        Claim claim = aClaim("a");

        List<Outcome<Object>> outcomes =
            race.run(() -> store().put(claim), () -> store().remove("a", Fence.none()));

        outcomes.get(0).get();
        assertThat((Optional<?>) outcomes.get(1).get()).as("one of the two").isPresent();
        Optional<Service> found = store().find("a");
        assertThat(found.map(Service::registeredAt))
            .as("round %d", round)
            .isEqualTo(found.map(Service::lastUpdated));
        assertThat(store().renew("a", fenceOf(claim)).isPresent()).isEqualTo(found.isPresent());
        store().remove("a", Fence.none());
      }
    }
  }

  @Test
  default void whatAFenceAdmittedTooLateNeverUndoesAPut() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        Claim old = put("a");
        Claim current = aClaim("a");

        List<Outcome<Object>> outcomes =
            race.run(
                () -> store().put(current),
                () -> store().renew("a", fenceOf(old)),
                () -> store().remove("a", fenceOf(old)));

        outcomes.get(0).get();
        outcomes.subList(1, 3).forEach(late -> late.threw(LeaseSupersededException.class));
        Optional<Lease> held = store().renew("a", fenceOf(current));
        assertThat(held).as("round %d", round).isPresent();
      }
    }
  }

  @Test
  default void aListBesideChangesHoldsAllThatLiveThroughoutAndNothingTwice() {
    List<String> steady = IntStream.range(0, MANY).mapToObj(i -> "steady-" + i).toList();
    steady.forEach(this::put);
    put("dead");
    store().remove("dead", Fence.none());
    try (Race race = new Race()) {
      for (int round = 0; round < rounds() / 10; round++) {
        String coming = "coming-" + round;
        List<Outcome<Object>> outcomes =
            race.run(
                () -> store().list().stream().map(Service::id).toList(),
                () -> store().put(aClaim(coming)),
                () -> store().remove(coming, Fence.none()),
                () -> steady.stream().map(this::put).toList());

        outcomes.forEach(Outcome::get);
        assertThat((List<?>) outcomes.get(0).get())
            .asInstanceOf(InstanceOfAssertFactories.list(String.class))
            .doesNotHaveDuplicates()
            .containsAll(steady)
            .doesNotContain("dead");
        store().remove(coming, Fence.none());
      }
    }
  }
}
