package dev.rollcall.contract.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ServiceRegistryContract;
import dev.rollcall.contract.TtlStoreContract;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The negative control: the contract finds a store out that reads and then writes. */
class NaiveStoreFailsTest {

  @Test
  void aNaiveStoreFailsTheRacesOfTheStoreContractAndNothingElse() {
    assertThat(failuresOf(NaiveStore.class))
        .containsExactlyInAnyOrder(
            "aRenewalBesideARemovalNeverRevives()",
            "whatOnceWasSeenDeadStaysDeadWhateverRenewalsAreUnderWay()",
            "ofSeveralRemoversExactlyOneGetsTheService()",
            "aPutBesideARemovalIsRemovedOrStartsANewLife()",
            "whatAFenceAdmittedTooLateNeverUndoesAPut()");
  }

  @Test
  void aNaiveStoreFailsTheRacesOfTheRegistryContractAndNothingElse() {
    assertThat(failuresOf(NaiveRegistry.class))
        .containsExactlyInAnyOrder(
            "aPingBesideADeregistrationNeverRevives()",
            "onceSeenDeadAServiceStaysDeadWhateverPingsAreUnderWay()",
            "ofTwoDeregistrationsExactlyOneGetsTheService()",
            "aDeregistrationWithTheOldLeaseNeverRemovesTheNewRegistration()",
            "aPingWithTheOldLeaseNeverUndoesTheNewRegistration()",
            "severalPingsBesideADeregistrationNeverRevive()");
  }

  private static Set<String> failuresOf(Class<?> contract) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(contract)).build();
    Set<String> failures = new TreeSet<>();
    Set<String> passes = new TreeSet<>();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                boolean passed = result.getStatus() == Status.SUCCESSFUL;
                (passed ? passes : failures).add(test.getLegacyReportingName());
              }
            });
    assertThat(passes).as("tests that a naive store passes").hasSizeGreaterThan(20);
    return failures;
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
