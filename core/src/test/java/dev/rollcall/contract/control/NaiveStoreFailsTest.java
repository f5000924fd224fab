package dev.rollcall.contract.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ServiceRegistryContract;
import dev.rollcall.contract.TtlStoreContract;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The negative control: the contract finds a store out that reads and then writes. */
class NaiveStoreFailsTest {

  @Test
  void aNaiveStoreFailsTheRacesOfTheStoreContractAndNothingElse() {
    assertThat(ContractRun.failuresOf(NaiveStore.class, 20))
        .containsExactlyInAnyOrder(
            "aRenewalBesideARemovalNeverRevives()",
            "whatOnceWasSeenDeadStaysDeadWhateverRenewalsAreUnderWay()",
            "ofSeveralRemoversExactlyOneGetsTheService()",
            "aPutBesideARemovalIsRemovedOrStartsANewLife()",
            "whatAFenceAdmittedTooLateNeverUndoesAPut()",
            "noRenewalBesideUpdatesIsRefusedAndTheLastOfTwoUpdatesCounts()",
            "anUpdateBesideARemovalNeverRevives()",
            "anUpdateBesideARegistrationNeverUndoesIt()");
  }

  @Test
  void aNaiveStoreFailsTheRacesOfTheRegistryContractAndNothingElse() {
    assertThat(ContractRun.failuresOf(NaiveRegistry.class, 20))
        .containsExactlyInAnyOrder(
            "aPingBesideADeregistrationNeverRevives()",
            "onceSeenDeadAServiceStaysDeadWhateverPingsAreUnderWay()",
            "ofTwoDeregistrationsExactlyOneGetsTheService()",
            "aDeregistrationWithTheOldLeaseNeverRemovesTheNewRegistration()",
            "aPingWithTheOldLeaseNeverUndoesTheNewRegistration()",
            "severalPingsBesideADeregistrationNeverRevive()",
            "pingsThatAreUnderWayWithTheLeaseSucceedBesideUpdates()");
  }

  // Nested, so that no build takes them for tests of its own.

  static class NaiveStore extends TtlStoreContract {
    private final ManualClock clock = new ManualClock();
    private final TtlStore store = new ReadThenWriteStore(clock);

    @Override
    public TtlStore store() {
      return store;
    }

    @Override
    public void elapse(Duration time) {
      clock.advance(time);
    }
  }

  static class NaiveRegistry extends ServiceRegistryContract {
    private final ManualClock clock = new ManualClock();
    private final ServiceRegistry registry =
        StoreRegistry.builder(new ReadThenWriteStore(clock))
            .reconcileInterval(Duration.ofMillis(100))
            .build();

    @Override
    public ServiceRegistry registry() {
      return registry;
    }

    @Override
    public void elapse(Duration time) {
      clock.advance(time);
    }
  }
}
