package dev.rollcall.registrar;

import static dev.rollcall.registrar.RegistrarFixture.INTERVAL;
import static dev.rollcall.registrar.RegistrarFixture.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryFullException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.WatchProbe;
import dev.rollcall.contract.control.AtomicStore;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.Query;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service says something else of itself while it is registered. */
@Timeout(60)
class RegistrarUpdateTest {
  private static final Map<String, Object> OLD = Map.of("v", 1);
  private static final Map<String, Object> NEW = Map.of("v", 2);

  private final RegistrarFixture world = new RegistrarFixture();
  private final AsyncStubRegistry registry = world.registry;

  private Registrar.Builder builder() {
    return world.builder(Registration.builder("http://h").id("a").info(OLD).build());
  }

  private Map<String, Object> lastInfo() {
    return registry.registrations.get(registry.registrations.size() - 1).info();
  }

  private void now() {
    world.executor.elapse(Duration.ZERO);
  }

  private static Throwable failureOf(CompletableFuture<Void> future) {
    assertThat(future).isCompletedExceptionally();
    return future.handle((nothing, e) -> e.getCause() == null ? e : e.getCause()).join();
  }

  @Test
  void anUpdateIsSentAtOnceUnderTheLeaseAndRenewsIt() {
    Registrar registrar = world.pinged(builder());
    world.executor.elapse(SECOND.multipliedBy(5));

    CompletableFuture<Void> updated = registrar.update(NEW);
    now();

    assertThat(registry.newCalls()).containsExactly("update a L1");
    assertThat(lastInfo()).isEqualTo(NEW);
    assertThat(updated).isCompleted();
    assertThat(registrar.lease().orElseThrow().leaseId()).contains("L1");
    assertThat(registrar.counts().updates()).isEqualTo(1);
    assertThat(registrar.counts().registrations()).isEqualTo(1);
    world.executor.elapse(INTERVAL.minusNanos(1));
    assertThat(registry.newCalls()).isEmpty(); // no ping beside it
    world.executor.elapse(Duration.ofNanos(1));
    assertThat(registry.newCalls()).containsExactly("ping a L1");
  }

  @Test
  void idNameAndUrlStayWhateverTheInfoSays() {
    Registrar registrar = world.pinged(builder());

    var unused = registrar.update(Map.of("id", "b", "name", "orders"));
    now();

    Registration sent = registry.registrations.get(1);
    assertThat(sent.id()).contains("a");
    assertThat(sent.name()).contains("a");
    assertThat(sent.url()).isEqualTo("http://h");
  }

  @Test
  void anUpdateBeforeTheStartIsWhatIsRegistered() {
    Registrar registrar = builder().build();
    CompletableFuture<Void> updated = registrar.update(NEW);
    var unused = registrar.startInBackground();
    now();
    now();

    assertThat(registry.newCalls()).containsExactly("register a");
    assertThat(lastInfo()).isEqualTo(NEW);
    assertThat(updated).isCompleted();
  }

  @Test
  void anUpdateThatTheRegistryHasNoRoomForIsTriedAgainAndCostsNoPing() {
    Registrar registrar = world.pinged(builder());
    world.longestDelays = true;
    world.registrationsFail(new RegistryFullException("full", null, null));

    CompletableFuture<Void> updated = registrar.update(NEW);
    world.executor.elapse(Duration.ofMinutes(10));

    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    List<String> calls = registry.newCalls();
    assertThat(Collections.frequency(calls, "ping a L1")).isBetween(55, 65);
    assertThat(Collections.frequency(calls, "update a L1")).isBetween(60, 120);
    assertThat(updated).isNotDone();
    world.registrationsSucceed();
    world.executor.elapse(INTERVAL);
    assertThat(updated).isCompleted();
    assertThat(lastInfo()).isEqualTo(NEW);
  }

  @Test
  void updatesThatKeepComingDoNotFloodARegistryThatFails() {
    Registrar registrar = world.pinged(builder());
    world.longestDelays = true;
    world.registrationsFail(new RegistryUnavailableException("down", null, null));
    CompletableFuture<Void> last = null;
    for (int i = 0; i < 120; i++) {
      last = registrar.update(Map.of("v", i));
      world.executor.elapse(SECOND);
    }
    assertThat(Collections.frequency(registry.newCalls(), "update a L1")).isBetween(10, 25);

    world.registrationsSucceed();
    world.executor.elapse(INTERVAL);
    assertThat(last).isCompleted();
    assertThat(lastInfo()).isEqualTo(Map.of("v", 119));
  }

  @Test
  void anUpdateWhoseAnswerIsLostIsMadeAgainWithTheSameLease() {
    Registrar registrar = world.pinged(builder());
    var unused = registry.hold();
    CompletableFuture<Void> updated = registrar.update(NEW);
    now();
    registry.holdNoMore();
    world.executor.elapse(INTERVAL);

    assertThat(registry.newCalls()).startsWith("update a L1", "update a L1");
    assertThat(updated).isCompleted();
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }

  @Test
  void anUpdateDuringAnOutageIsRegisteredAfterIt() {
    Registrar registrar = world.pinged(builder());
    world.pingsFail();
    world.registrationsFail(new RegistryUnavailableException("down", null, null));
    CompletableFuture<Void> updated = registrar.update(NEW);
    world.executor.elapse(Duration.ofMinutes(5));
    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);
    assertThat(updated).isNotDone();

    world.pingsAreNotFound();
    world.registrationsSucceed();
    world.executor.elapse(INTERVAL.multipliedBy(2));

    assertThat(registry.newCalls()).contains("register a");
    assertThat(lastInfo()).isEqualTo(NEW);
    assertThat(updated).isCompleted();
  }

  @Test
  void ofSeveralUpdatesTheLastCountsAndWhatIsUnderWayIsNotLost() {
    Registrar registrar = world.pinged(builder());
    var gate = registry.hold();
    CompletableFuture<Void> first = registrar.update(Map.of("v", 10));
    now();
    CompletableFuture<Void> second = registrar.update(Map.of("v", 11));
    CompletableFuture<Void> third = registrar.update(Map.of("v", 12));
    now();
    assertThat(registry.newCalls()).containsExactly("update a L1"); // one at a time
    assertThat(failureOf(second)).isInstanceOf(CancellationException.class);

    registry.holdNoMore();
    gate.complete(null);
    now();

    assertThat(first).isCompleted();
    assertThat(third).isCompleted();
    assertThat(registry.newCalls()).containsExactly("update a L1");
    assertThat(lastInfo()).isEqualTo(Map.of("v", 12));
  }

  @Test
  void anUpdateThatFailsWhileANewerOneWaitsIsDropped() {
    Registrar registrar = world.pinged(builder());
    var gate = registry.hold();
    CompletableFuture<Void> first = registrar.update(Map.of("v", 10));
    now();
    CompletableFuture<Void> second = registrar.update(Map.of("v", 11));
    registry.holdNoMore();
    world.registrationsFail(new RegistryUnavailableException("down", null, null));
    gate.complete(null);
    world.registrationsSucceed();
    world.executor.elapse(INTERVAL);

    assertThat(failureOf(first)).isInstanceOf(CancellationException.class);
    assertThat(second).isCompleted();
    assertThat(lastInfo()).isEqualTo(Map.of("v", 11));
  }

  @Test
  void aRefusedUpdateIsToldAndTheInfoBeforeItCountsAgain() {
    Registrar registrar = world.pinged(builder());
    world.registrationsFail(new RejectedException("too large", null));
    CompletableFuture<Void> updated = registrar.update(NEW);
    now();
    assertThat(failureOf(updated)).isInstanceOf(RejectedException.class);
    assertThat(registrar.lastError()).containsInstanceOf(RejectedException.class);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);

    world.registrationsSucceed();
    world.executor.elapse(Duration.ofMinutes(5));
    assertThat(Collections.frequency(registry.newCalls(), "update a L1")).isEqualTo(1);
    world.pingsAreNotFound();
    world.executor.elapse(INTERVAL.multipliedBy(2));
    assertThat(lastInfo()).isEqualTo(OLD);
  }

  @Test
  void aRefusedUpdateHoldsUpNoNewerOne() {
    Registrar registrar = world.pinged(builder());
    var gate = registry.hold();
    CompletableFuture<Void> refused = registrar.update(Map.of("v", 10));
    now();
    CompletableFuture<Void> newer = registrar.update(NEW);
    registry.holdNoMore();
    world.registrationsFail(new RejectedException("too large", null));
    gate.complete(null);
    world.registrationsSucceed();
    now();

    assertThat(failureOf(refused)).isInstanceOf(RejectedException.class);
    assertThat(newer).isCompleted();
    assertThat(lastInfo()).isEqualTo(NEW);
  }

  @Test
  void aRefusedUpdateOfALostServiceDoesNotDelayItsRegistration() {
    Registrar registrar = world.pinged(builder());
    world.pingsAreNotFound();
    world.registrationsFail(new RejectedException("too large", null));
    world.longestDelays = true;
    world.executor.elapse(INTERVAL); // the ping finds out that it is lost
    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);
    CompletableFuture<Void> updated = registrar.update(NEW);
    registry.beforeRegister =
        () -> {
          world.registrationsSucceed();
          throw new RejectedException("too large", null);
        };
    world.executor.elapse(INTERVAL.dividedBy(2)); // the wait before a registration

    assertThat(failureOf(updated)).isInstanceOf(RejectedException.class);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(lastInfo()).isEqualTo(OLD);
  }

  @Test
  void anUpdateThatWaitsForItsNextTryFailsWhenAPingFindsThatAnotherHoldsTheId() {
    Registrar registrar = world.pinged(builder());
    world.longestDelays = true;
    world.registrationsFail(new RegistryFullException("full", null, Duration.ofMinutes(1)));
    CompletableFuture<Void> updated = registrar.update(NEW);
    now();
    assertThat(updated).isNotDone();

    world.pingsFail(new LeaseSupersededException("another holds 'a'", null));
    world.executor.elapse(INTERVAL);

    assertThat(registrar.state()).isEqualTo(RegistrarState.SUPERSEDED);
    assertThat(failureOf(updated)).isInstanceOf(LeaseSupersededException.class);
  }

  @Test
  void closingEndsAnUpdateUnderWayToo() {
    Registrar registrar = world.pinged(builder());
    var gate = registry.hold();
    CompletableFuture<Void> underWay = registrar.update(Map.of("v", 10));
    now();
    CompletableFuture<Void> newer = registrar.update(NEW);
    registry.holdNoMore();
    var closed = registrar.closeInBackground();
    world.registrationsFail(new RegistryUnavailableException("down", null, null));
    gate.complete(null);
    now();

    assertThat(closed).isCompleted();
    assertThat(failureOf(underWay)).hasMessageContaining("closed");
    assertThat(failureOf(newer)).hasMessageContaining("closed");
  }

  @Test
  void anUpdateWithAWrongKeyIsTriedAgain() {
    Registrar registrar = world.pinged(builder());
    world.registrationsFail(new AccessDeniedException("the key is wrong", null));
    CompletableFuture<Void> updated = registrar.update(NEW);
    world.executor.elapse(INTERVAL);
    assertThat(updated).isNotDone();

    world.registrationsSucceed();
    world.executor.elapse(Duration.ofMinutes(1));
    assertThat(updated).isCompleted();
  }

  @Test
  void aSupersededRegistrarChangesNothingAndSaysSo() {
    Registrar registrar = world.pinged(builder());
    world.registrationsFail(new LeaseSupersededException("another holds 'a'", null));
    world.pingsFail(new LeaseSupersededException("another holds 'a'", null));
    CompletableFuture<Void> first = registrar.update(NEW);
    now();
    assertThat(registrar.state()).isEqualTo(RegistrarState.SUPERSEDED);
    assertThat(failureOf(first)).isInstanceOf(LeaseSupersededException.class);
    registry.newCalls();

    CompletableFuture<Void> second = registrar.update(Map.of("v", 3));
    world.executor.elapse(Duration.ofMinutes(1));
    assertThat(failureOf(second))
        .isInstanceOf(LeaseSupersededException.class)
        .hasMessageContaining("'a'");
    assertThat(registry.newCalls()).containsOnly("ping a L1");

    world.pingsAreNotFound(); // the holder is gone
    world.registrationsSucceed();
    world.executor.elapse(INTERVAL.multipliedBy(3));
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(lastInfo()).isEqualTo(Map.of("v", 3));
  }

  @Test
  void anUpdateOfAServiceThatIsGoneRegistersItAgain() {
    Registrar registrar = world.pinged(builder());
    world.registrationsFail(new LeaseEndedException("'a' is gone", null));
    CompletableFuture<Void> updated = registrar.update(NEW);
    now();
    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);

    world.registrationsSucceed();
    world.executor.elapse(INTERVAL);
    assertThat(registry.newCalls()).startsWith("update a L1", "register a");
    assertThat(lastInfo()).isEqualTo(NEW);
    assertThat(updated).isCompleted();
    assertThat(registrar.lease().orElseThrow().leaseId()).contains("L2");
  }

  @Test
  void whatJsonCannotHoldChangesNothing() {
    Registrar registrar = world.pinged(builder());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> registrar.update(Map.of("v", Double.NaN)))
        .withMessageContaining("NaN");

    world.executor.elapse(SECOND);
    assertThat(registry.newCalls()).isEmpty();
  }

  @Test
  void closingEndsAnUpdateAndRefusesOthers() {
    Registrar registrar = world.pinged(builder());
    world.registrationsFail(new RegistryUnavailableException("down", null, null));
    CompletableFuture<Void> updated = registrar.update(NEW);
    now();
    var closed = registrar.closeInBackground();
    now();

    assertThat(closed).isCompleted();
    assertThat(failureOf(updated))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatIllegalStateException().isThrownBy(() -> registrar.update(NEW));
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void closingDoesNotWaitForAnUpdateThatCannotBringTheServiceBack() {
    Registrar registrar = world.pinged(builder());
    var unused = registry.hold();
    var updated = registrar.update(NEW);
    now();
    registry.holdNoMore();
    var closed = registrar.closeInBackground();
    now();

    assertThat(registry.newCalls()).containsExactly("update a L1", "deregister a L1");
    assertThat(closed).isCompleted();
    assertThat(updated).isCompletedExceptionally();
  }

  @Test
  void aRegistryWithoutLeaseIdsIsSentARegistrationWhichACloseWaitsFor() {
    registry.givesLeaseIds = false;
    Registrar registrar = world.pinged(builder());
    var gate = registry.hold();
    var unused = registrar.update(NEW);
    now();
    registry.holdNoMore();
    var closed = registrar.closeInBackground();
    now();
    assertThat(registry.newCalls()).containsExactly("register a");
    assertThat(closed).isNotDone();

    gate.complete(null);
    now();
    assertThat(registry.newCalls()).containsExactly("deregister a");
    assertThat(closed).isCompleted();
  }

  @Test
  void withoutPingsAnUpdateIsSentAndAnEndedLeaseIsTold() {
    Registrar registrar = world.started(builder().enableKeepalive(false));
    registry.newCalls();
    CompletableFuture<Void> first = registrar.update(NEW);
    now();
    assertThat(first).isCompleted();
    world.executor.elapse(Duration.ofMinutes(5));
    world.registrationsFail(new LeaseEndedException("'a' is gone", null));
    CompletableFuture<Void> second = registrar.update(OLD);
    now();

    assertThat(failureOf(second)).isInstanceOf(LeaseEndedException.class);
    world.executor.elapse(Duration.ofMinutes(5));
    assertThat(registry.newCalls()).containsExactly("update a L1", "update a L1");
    assertThatThrownBy(second::join).hasCauseInstanceOf(LeaseEndedException.class);
  }

  @Test
  void withoutPingsAnUpdateThatFailsAfterTheLeaseHasEndedIsTriedAgainAtIntervals() {
    Registrar registrar = world.started(builder().enableKeepalive(false));
    world.longestDelays = true;
    world.executor.elapse(Duration.ofMinutes(5));
    registry.newCalls();
    world.registrationsFail(new RegistryUnavailableException("down", null, null));
    CompletableFuture<Void> updated = registrar.update(NEW);
    world.executor.elapse(Duration.ofMinutes(1));

    assertThat(registry.newCalls()).hasSizeBetween(5, 20).containsOnly("update a L1");
    assertThat(updated).isNotDone();
  }

  @Test
  void aWatcherSeesTheUpdateAndNoRemoval() {
    try (TtlStore store = new AtomicStore(System::nanoTime, InstantSource.system());
        ServiceRegistry real =
            StoreRegistry.builder(store).reconcileInterval(Duration.ofMillis(100)).build();
        Registrar registrar =
            Registrar.builder(real, Registration.builder("http://h").id("a").info(OLD).build())
                .build();
        WatchProbe probe = WatchProbe.open(real, Query.all())) {
      registrar.start();
      Service before = probe.awaitIds("a").services().get(0);

      registrar.update(NEW).join();

      Change change = probe.awaitChange("a", Change.Type.UPDATED);
      assertThat(change.service().info()).isEqualTo(NEW);
      assertThat(change.service().registeredAt()).isEqualTo(before.registeredAt());
      assertThat(probe.changes()).noneMatch(Change::isGone);
      assertThat(real.ping("a", registrar.lease().orElseThrow().leaseId().orElseThrow()))
          .isPresent();
    }
  }
}
