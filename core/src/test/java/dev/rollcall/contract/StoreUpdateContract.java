package dev.rollcall.contract;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static dev.rollcall.contract.StoreFixture.anUpdateOf;
import static dev.rollcall.contract.StoreFixture.fenceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.contract.Race.Outcome;
import dev.rollcall.discovery.SetVersion;
import dev.rollcall.spi.Claim;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A claim that names a lease: it changes a live entry, and the entry keeps that lease. */
public interface StoreUpdateContract extends StoreFixture {

  private Claim put(String id) {
    Claim claim = aClaim(id);
    store().put(claim);
    return claim;
  }

  private SetVersion version() {
    return SetVersion.of(store().list());
  }

  @Test
  default void anUpdateReplacesWhatWasStoredAndKeepsTheLeaseIdAndTheRegistrationTime() {
    Claim claim = put("a");
    Service before = store().find("a").orElseThrow();
    elapse(Duration.ofSeconds(20));
    Registration changed =
        Registration.builder("http://new")
            .id("a")
            .name("orders")
            .info(Map.of("v", 2))
            .leaseId(claim.leaseId().toString())
            .build();

    Lease lease = store().put(aClaim(changed, TTL.multipliedBy(2)));

    assertThat(lease.leaseId()).contains(claim.leaseId().toString());
    assertThat(lease.ttl()).isEqualTo(TTL.multipliedBy(2));
    Service after = store().find("a").orElseThrow();
    assertThat(after.url()).isEqualTo("http://new");
    assertThat(after.name()).isEqualTo("orders");
    assertThat(after.info()).isEqualTo(Map.of("v", 2));
    assertThat(after.ttl()).isEqualTo(TTL.multipliedBy(2));
    assertThat(Duration.between(before.registeredAt(), after.registeredAt()).abs())
        .isLessThanOrEqualTo(clockTolerance());
    assertThat(store().list()).containsExactly(after);
    assertThat(store().renew("a", fenceOf(claim))).isPresent();
    assertThat(store().remove("a", fenceOf(claim))).isPresent();
  }

  @Test
  default void anUpdateStartsTheLeaseAgain() {
    Claim claim = put("a");
    elapse(TTL.minus(MILLI).minus(clockTolerance()));
    store().put(anUpdateOf(claim, "http://new"));
    elapse(TTL.minus(MILLI).minus(clockTolerance()));
    assertThat(store().find("a")).isPresent();
    elapse(MILLI.plus(clockTolerance()).multipliedBy(2));

    assertThat(store().find("a")).isEmpty();
  }

  @Test
  default void eachUpdateHasARevisionAndAVersionOfItsOwn() {
    Claim claim = put("a");
    SetVersion first = version();
    long registered = store().find("a").orElseThrow().revision();
    store().put(anUpdateOf(claim, "http://new"));
    SetVersion second = version();
    long updated = store().find("a").orElseThrow().revision();
    store().put(anUpdateOf(claim, "http://newer"));

    assertThat(List.of(first, second, version())).doesNotHaveDuplicates();
    assertThat(List.of(registered, updated, store().find("a").orElseThrow().revision()))
        .doesNotHaveDuplicates()
        .doesNotContain(0L);
    assertThat(store().renew("a", fenceOf(claim))).isPresent();
    SetVersion third = version();
    assertThat(store().renew("a", fenceOf(claim))).isPresent();
    assertThat(version()).isEqualTo(third); // a ping changes no version
  }

  @Test
  default void anUpdateWithASupersededLeaseChangesNothing() {
    Claim old = put("a");
    Claim current = put("a");
    SetVersion before = version();
    elapse(TTL.dividedBy(2));

    assertThatThrownBy(() -> store().put(anUpdateOf(old, "http://new")))
        .isInstanceOf(LeaseSupersededException.class)
        .hasMessageContaining("'a'");

    assertThat(version()).isEqualTo(before);
    assertThat(store().find("a").map(Service::url)).contains("http://my-service:8000");
    elapse(TTL.dividedBy(2));
    assertThat(store().renew("a", fenceOf(current))).isEmpty(); // it renewed nothing
  }

  @Test
  default void anUpdateNeverBringsBackWhatWasRemovedHasExpiredOrNeverWas() {
    Claim removed = put("removed");
    store().remove("removed", Fence.none());
    Claim expired = put("expired");
    elapse(TTL);

    for (Claim claim : List.of(removed, expired, aClaim("never"))) {
      assertThatThrownBy(() -> store().put(anUpdateOf(claim, "http://new")))
          .isInstanceOf(LeaseEndedException.class)
          .hasMessageContaining("'" + claim.id() + "'");
    }
    assertThat(store().list()).isEmpty();
  }

  @Test
  default void anUpdateWithATextThatIsNoLeaseIsRefused() {
    Claim claim = put("a");
    String lease = claim.leaseId().toString();
    for (String wrong :
        List.of(" ", "null", "*", "\"", lease + "0", lease.substring(1), "\u00fc")) {
      Registration changed = claim.registration().toBuilder().leaseId(wrong).build();

      assertThatThrownBy(() -> store().put(aClaim(changed, TTL)))
          .as(wrong)
          .isInstanceOf(LeaseSupersededException.class);
    }
    assertThat(store().renew("a", fenceOf(claim))).isPresent();
  }

  @Test
  default void aRegistrationAfterAnUpdateSupersedesTheLease() {
    Claim claim = put("a");
    store().put(anUpdateOf(claim, "http://new"));
    Claim next = put("a");

    assertThatThrownBy(() -> store().renew("a", fenceOf(claim)))
        .isInstanceOf(LeaseSupersededException.class);
    assertThat(store().renew("a", fenceOf(next))).isPresent();
    assertThat(store().find("a").orElseThrow().revision()).isNotZero();
  }

  @Test
  default void noRenewalBesideUpdatesIsRefusedAndTheLastOfTwoUpdatesCounts() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        Claim claim = put("a");

        List<Outcome<Object>> outcomes =
            race.run(
                () -> store().put(anUpdateOf(claim, "http://one")),
                () -> store().put(anUpdateOf(claim, "http://two")),
                () -> store().renew("a", fenceOf(claim)),
                () -> store().find("a"));

        outcomes.subList(0, 2).forEach(Outcome::get);
        assertThat((Optional<?>) outcomes.get(2).get()).as("round %d", round).isPresent();
        assertThat((Optional<?>) outcomes.get(3).get()).as("round %d", round).isPresent();
        assertThat(store().find("a").map(Service::url).orElseThrow())
            .isIn("http://one", "http://two");
        assertThat(store().renew("a", fenceOf(claim))).isPresent();
      }
    }
  }

  @Test
  default void anUpdateBesideARemovalNeverRevives() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        Claim claim = put("a");

        List<Outcome<Object>> outcomes =
            race.run(
                () -> store().remove("a", fenceOf(claim)),
                () -> store().put(anUpdateOf(claim, "http://one")),
                () -> store().put(anUpdateOf(claim, "http://two")));

        assertThat((Optional<?>) outcomes.get(0).get()).as("the removal").isPresent();
        outcomes.subList(1, 3).forEach(update -> update.threw(LeaseEndedException.class));
        assertThat(store().find("a")).as("revived in round %d", round).isEmpty();
      }
    }
  }

  @Test
  default void anUpdateBesideARegistrationNeverUndoesIt() {
    try (Race race = new Race()) {
      for (int round = 0; round < rounds(); round++) {
        Claim old = put("a");
        Claim current = aClaim(Registration.builder("http://current").id("a").build(), TTL);

        List<Outcome<Object>> outcomes =
            race.run(() -> store().put(current), () -> store().put(anUpdateOf(old, "http://old")));

        outcomes.get(0).get();
        outcomes.get(1).threw(LeaseSupersededException.class);
        assertThat(store().find("a").map(Service::url))
            .as("round %d", round)
            .contains("http://current");
        assertThat(store().renew("a", fenceOf(current))).isPresent();
      }
    }
  }
}
