package dev.rollcall.registrar;

import static dev.rollcall.registrar.RegistrarFixture.INTERVAL;
import static dev.rollcall.registrar.RegistrarFixture.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a registration does when calls fail, by a clock that is turned by hand. */
class RegistrarFailureTest {
  private final RegistrarFixture world = new RegistrarFixture();
  private final AsyncStubRegistry registry = world.registry;

  private void elapse(Duration time) {
    world.executor.elapse(time);
  }

  @Test
  void aPingThatFailsIsTriedAgainUntilTheLeaseIsSaved() {
    world.longestDelays = true;
    Registrar registrar = world.started(world.builder());
    elapse(INTERVAL);
    registry.newCalls();
    world.pingsFail();
    elapse(INTERVAL);
    assertThat(registry.newCalls()).hasSize(1);
    assertThat(registrar.state()).isEqualTo(RegistrarState.RETRYING);
    assertThat(registrar.lastError()).containsInstanceOf(RegistryUnavailableException.class);

    elapse(SECOND.multipliedBy(3)); // after 1 s, and 2 s
    assertThat(registry.newCalls()).hasSize(2);
    world.pingsSucceed();
    elapse(SECOND.multipliedBy(4));
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registrar.lastError()).isEmpty();
    assertThat(registry.newCalls()).containsExactly("ping a L1");
    elapse(INTERVAL);
    assertThat(registry.newCalls()).containsExactly("ping a L1");
    assertThat(registrar.counts()).isEqualTo(new RegistrarCounts(1, 0, 3, 3));
  }

  @Test
  void aLeaseThatRunsOutIsLostAndThenAskedForBeforeItRegistersAgain() {
    Registrar registrar = world.pinged(world.builder());
    world.pingsFail();
    elapse(Duration.ofSeconds(30).minusNanos(1));
    assertThat(registrar.state()).isEqualTo(RegistrarState.RETRYING);
    elapse(Duration.ofNanos(1));
    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);

    registry.newCalls();
    world.pingsAreNotFound();
    elapse(SECOND);
    assertThat(registry.newCalls()).containsExactly("ping a L1", "register a");
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }

  @Test
  void aLeaseThatRanOutWhileAnotherTookOverIsNotTakenBack() {
    Registrar registrar = world.pinged(world.builder());
    world.pingsFail();
    elapse(Duration.ofSeconds(40));
    registry.newCalls();
    world.pingsFail(new LeaseSupersededException("superseded", null));
    elapse(INTERVAL);

    assertThat(registrar.state()).isEqualTo(RegistrarState.SUPERSEDED);
    assertThat(registry.newCalls()).doesNotContain("register a");
  }

  @Test
  void aLeaseWithoutAnIdThatRunsOutIsRegisteredAgain() {
    registry.givesLeaseIds = false;
    Registrar registrar = world.pinged(world.builder());
    world.pingsFail();
    elapse(Duration.ofSeconds(30));
    registry.newCalls();
    elapse(SECOND);

    assertThat(registry.newCalls()).containsExactly("register a");
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }

  @Test
  void whateverARegistryThrowsOrAnswersThePingsGoOn() {
    for (Runnable failure :
        new Runnable[] {
          () -> world.pingsFail(new IllegalStateException("a bug in a registry")),
          () ->
              registry.onPing =
                  () -> {
                    throw new OutOfMemoryError("of the test");
                  },
          () -> registry.onPing = () -> null
        }) {
      Registrar registrar = world.pinged(world.builder());
      failure.run();
      elapse(INTERVAL);
      assertThat(registry.newCalls()).contains("ping a L1".replace("L1", leaseOf(registrar)));
      assertThat(registrar.lastError()).isPresent();

      world.pingsSucceed();
      elapse(INTERVAL);
      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
      assertThat(registrar.lastError()).isEmpty();
      registrar.close();
    }
  }

  @Test
  void anAnswerThatMakesNoSenseIsAFailedCallAndIsTriedAgainAsAfterAnOutage() {
    for (Runnable senseless :
        new Runnable[] {
          () -> registry.ttl = Duration.ZERO,
          () -> registry.ttl = Duration.ofSeconds(-30),
          () -> registry.assigns = " "
        }) {
      senseless.run();
      Registrar registrar = world.started(world.builder());
      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERING);
      assertThat(registrar.lastError()).containsInstanceOf(RegistryUnavailableException.class);

      registry.ttl = Duration.ofSeconds(30);
      registry.assigns = "";
      elapse(Duration.ofSeconds(2));
      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
      registrar.close();
    }
  }

  @Test
  void aTtlWithoutEndIsTakenForADay() {
    registry.ttl = Duration.ofDays(200_000); // more than a number of nanoseconds holds
    registry.onPing = () -> Optional.of(Lease.of("a", registry.ttl, Instant.EPOCH));
    Registrar registrar = world.pinged(world.builder());
    elapse(INTERVAL);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registry.newCalls()).containsExactly("ping a L1");
  }

  @Test
  void aRegistryWhoseLeasesEndAtOnceIsNotFlooded() {
    registry.ttl = Duration.ofMillis(1);
    world.pingsAreNotFound();
    world.longestDelays = true;
    world.started(world.builder());
    elapse(Duration.ofMinutes(1));

    // As if its leases were of 1 s: a ping after a third of that, a registration after a sixth.
    assertThat(registry.newCalls()).hasSizeBetween(200, 250);
  }

  @Test
  void onceTheLeaseIsLostACallThatBringsTheServiceBackMayTakeTheWholeTimeout() {
    world.pinged(world.builder());
    world.pingsFail();
    elapse(Duration.ofSeconds(30));
    registry.timeouts.clear();
    elapse(INTERVAL);
    assertThat(registry.timeouts).isNotEmpty().containsOnly(Duration.ofSeconds(10));

    world.pingsAreNotFound();
    elapse(INTERVAL);
    registry.timeouts.clear();
    world.pingsSucceed();
    elapse(INTERVAL);
    assertThat(registry.timeouts).isNotEmpty().containsOnly(Duration.ofSeconds(5));
  }

  private static String leaseOf(Registrar registrar) {
    return registrar.lease().flatMap(Lease::leaseId).orElseThrow();
  }

  @Test
  void aRefusedPingIsNotHammered() {
    world.longestDelays = true;
    Registrar registrar = world.started(world.builder());
    registry.newCalls();
    AccessDeniedException denied = new AccessDeniedException("the key is wrong", null);
    world.pingsFail(denied);
    world.registrationsFail(denied);
    elapse(Duration.ofMinutes(5));

    assertThat(registry.newCalls().size()).isBetween(4, 6);
    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);
    assertThat(registrar.lastError()).containsInstanceOf(AccessDeniedException.class);
  }

  @Test
  void whereOnlyPingsAreRefusedALostServiceWithAGeneratedIdRegistersAgain() {
    Registrar registrar =
        world.pinged(world.builder(Registration.builder("http://h").name("orders").build()));
    world.pingsFail(new AccessDeniedException("the proxy passes no PUT", null));
    elapse(Duration.ofSeconds(30));
    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);
    elapse(Duration.ofMinutes(1));
    assertThat(registry.newCalls()).contains("register " + registrar.id());

    world.pingsSucceed();
    elapse(Duration.ofMinutes(1));
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    registry.newCalls();
    elapse(INTERVAL);
    assertThat(registry.newCalls()).hasSize(1).allMatch(call -> call.startsWith("ping "));
  }

  @Test
  void whereItsKeyIsRefusedForATimeALostServiceDoesNotTakeItsIdBackFromAnother() {
    Registrar registrar = world.pinged(world.builder());
    AccessDeniedException denied = new AccessDeniedException("the key has changed", null);
    world.pingsFail(denied);
    world.registrationsFail(denied);
    elapse(Duration.ofMinutes(5));
    registry.newCalls();

    world.pingsFail(new LeaseSupersededException("another holds 'a'", null));
    world.registrationsSucceed();
    elapse(Duration.ofMinutes(5));
    assertThat(registry.newCalls()).isNotEmpty().allMatch(call -> call.startsWith("ping a"));
    assertThat(registrar.state()).isEqualTo(RegistrarState.SUPERSEDED);
  }

  @Test
  void aRegistryThatAsksForRestIsLeftAloneAsLongAsTheLeaseBearsIt() {
    world.pinged(world.builder());
    world.pingsFail(new RegistryUnavailableException("busy", null, Duration.ofSeconds(4)));
    elapse(INTERVAL);
    assertThat(registry.newCalls()).hasSize(1);
    elapse(Duration.ofMillis(3_999));
    assertThat(registry.newCalls()).isEmpty();
    elapse(Duration.ofMillis(1));
    assertThat(registry.newCalls()).hasSize(1);

    world.pingsFail(new RegistryUnavailableException("busy", null, Duration.ofHours(1)));
    elapse(Duration.ofSeconds(4));
    assertThat(registry.newCalls()).hasSize(1);
    elapse(Duration.ofSeconds(6)); // half of the 12 seconds that are left
    assertThat(registry.newCalls()).hasSize(1);
  }

  @Test
  void anUnregisteredServiceLeavesARegistryAloneForFiveMinutesAtMost() {
    world.registrationsFail(new RegistryUnavailableException("busy", null, Duration.ofDays(1)));
    world.started(world.builder());
    elapse(Duration.ofMinutes(5).minusNanos(1));
    assertThat(registry.newCalls()).hasSize(1);
    elapse(Duration.ofNanos(1));
    assertThat(registry.newCalls()).hasSize(1);
  }

  @Test
  void aLeaseThatEndsDuringACallReadsAsLost() {
    Registrar registrar = world.pinged(world.builder());
    var gate = registry.hold();
    elapse(Duration.ofSeconds(30));
    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);

    registry.holdNoMore();
    gate.complete(null);
    assertThat(registrar.counts().pings()).isEqualTo(2);
  }

  @Test
  void anExecutorThatIsShutDownUnderItClosesIt() {
    Registrar registrar = world.pinged(world.builder());
    registry.onPing =
        () -> {
          world.executor.shutdown();
          return Optional.of(registry.lease("a"));
        };
    elapse(INTERVAL);

    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(registry.newCalls()).containsExactly("ping a L1", "deregister a L1");
  }
}
