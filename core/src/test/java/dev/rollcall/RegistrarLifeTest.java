package dev.rollcall;

import static dev.rollcall.RegistrarFixture.INTERVAL;
import static dev.rollcall.RegistrarFixture.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The life of a registration, by a clock that is turned by hand. */
class RegistrarLifeTest {
  private final RegistrarFixture world = new RegistrarFixture();
  private final AsyncScriptedRegistry registry = world.registry;

  private void elapse(Duration time) {
    world.executor.elapse(time);
  }

  @Test
  void itRegistersAndPingsAtTheInterval() {
    Registrar registrar = world.started(world.builder());
    assertThat(registry.newCalls()).containsExactly("register a");
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registrar.lease().flatMap(Lease::leaseId)).contains("L1");

    elapse(SECOND); // the first ping is spread
    assertThat(registry.newCalls()).containsExactly("ping a L1");
    elapse(INTERVAL.minusNanos(1));
    assertThat(registry.newCalls()).isEmpty();
    elapse(Duration.ofNanos(1));
    assertThat(registry.newCalls()).containsExactly("ping a L1");
    assertThat(registrar.lease().flatMap(Lease::leaseId)).contains("L1");
    assertThat(registrar.counts()).isEqualTo(new RegistrarCounts(1, 2, 0));
  }

  @Test
  void aRegistryWithoutLeaseIdsIsPingedAndLeftByIdAlone() {
    registry.givesLeaseIds = false;
    Registrar registrar = world.pinged(world.builder());
    elapse(INTERVAL);
    registrar.close();

    assertThat(registry.newCalls()).containsExactly("ping a", "deregister a");
  }

  @Test
  void aServiceWithoutAnIdGetsOneThatStaysTheSame() {
    Registrar registrar = world.pinged(world.builder(Registration.of("http://h").build()));
    String id = registrar.id();
    assertThat(Ulid.parse(id)).isPresent();
    world.pingsAreNotFound();
    elapse(INTERVAL.plusSeconds(5));

    assertThat(registry.newCalls()).contains("register " + id);
  }

  @Test
  void aRegistryThatAssignsAnotherIdIsPingedAndLeftByThat() {
    registry.assigns = "other";
    Registrar registrar = world.pinged(world.builder());
    assertThat(registrar.id()).isEqualTo("other");
    elapse(INTERVAL);
    registrar.close();

    assertThat(registry.newCalls()).containsExactly("ping other L1", "deregister other L1");
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
    assertThat(registrar.counts()).isEqualTo(new RegistrarCounts(1, 3, 3));
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
    world.pingsFail(LeaseSupersededException.of("a"));
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

  private static String leaseOf(Registrar registrar) {
    return registrar.lease().flatMap(Lease::leaseId).orElseThrow();
  }

  @Test
  void aServiceThatTheRegistryLostRegistersAgainSpreadOverHalfAnInterval() {
    for (boolean longest : new boolean[] {false, true}) {
      Registrar registrar = world.pinged(world.builder());
      world.longestDelays = longest;
      world.pingsAreNotFound();
      elapse(INTERVAL);
      assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);
      registry.newCalls();

      Duration wait = longest ? INTERVAL.dividedBy(2) : INTERVAL.dividedBy(20);
      elapse(wait.minusMillis(1));
      assertThat(registry.newCalls()).isEmpty();
      elapse(Duration.ofMillis(1));
      assertThat(registry.newCalls()).containsExactly("register a");
      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
      registrar.close();
      world.longestDelays = false;
      world.pingsSucceed();
    }
  }

  @Test
  void aSupersededServiceAsksOnAndTakesOverWhenTheHolderIsGone() {
    Registrar registrar = world.pinged(world.builder());
    world.pingsFail(LeaseSupersededException.of("a"));
    elapse(INTERVAL.multipliedBy(3));
    assertThat(registrar.state()).isEqualTo(RegistrarState.SUPERSEDED);
    assertThat(registrar.lastError()).containsInstanceOf(LeaseSupersededException.class);
    assertThat(registry.newCalls()).containsOnly("ping a L1").hasSize(3);

    world.pingsAreNotFound();
    elapse(INTERVAL);
    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);
    elapse(INTERVAL.dividedBy(2));
    assertThat(registry.newCalls()).startsWith("ping a L1", "register a");
  }

  @Test
  void aRefusedPingIsNotHammered() {
    world.longestDelays = true;
    Registrar registrar = world.started(world.builder());
    registry.newCalls();
    world.pingsFail(new AccessDeniedException("the key is wrong"));
    elapse(Duration.ofMinutes(5));

    assertThat(registry.newCalls().size()).isBetween(4, 6);
    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);
    assertThat(registrar.lastError()).containsInstanceOf(AccessDeniedException.class);
  }

  @Test
  void aRegistryThatAsksForRestIsLeftAloneAsLongAsTheLeaseBearsIt() {
    world.pinged(world.builder());
    world.pingsFail(new RegistryUnavailableException("busy", Duration.ofSeconds(4)));
    elapse(INTERVAL);
    assertThat(registry.newCalls()).hasSize(1);
    elapse(Duration.ofMillis(3_999));
    assertThat(registry.newCalls()).isEmpty();
    elapse(Duration.ofMillis(1));
    assertThat(registry.newCalls()).hasSize(1);

    world.pingsFail(new RegistryUnavailableException("busy", Duration.ofHours(1)));
    elapse(Duration.ofSeconds(4));
    assertThat(registry.newCalls()).hasSize(1);
    elapse(Duration.ofSeconds(6)); // half of the 12 seconds that are left
    assertThat(registry.newCalls()).hasSize(1);
  }

  @Test
  void anUnregisteredServiceLeavesARegistryAloneForFiveMinutesAtMost() {
    world.registrationsFail(new RegistryUnavailableException("busy", Duration.ofDays(1)));
    world.started(world.builder());
    elapse(Duration.ofMinutes(5).minusNanos(1));
    assertThat(registry.newCalls()).hasSize(1);
    elapse(Duration.ofNanos(1));
    assertThat(registry.newCalls()).hasSize(1);
  }

  @Test
  void aSlowRegistryIsPingedInTheSameRhythm() {
    world.pinged(world.builder());
    var gate = registry.hold();
    elapse(INTERVAL.plusSeconds(2));
    registry.holdNoMore();
    gate.complete(null);
    elapse(Duration.ofSeconds(8));

    assertThat(registry.newCalls()).containsExactly("ping a L1", "ping a L1");
  }

  @Test
  void whileACallIsUnderWayThereIsNoOther() {
    world.pinged(world.builder());
    var unused = registry.hold();
    elapse(Duration.ofHours(1));

    assertThat(registry.newCalls()).containsExactly("ping a L1");
    assertThat(world.executor.waiting()).isZero();
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
  void withoutKeepaliveItRegistersAndPingsNever() {
    Registrar registrar = world.started(world.builder().enableKeepalive(false));
    elapse(Duration.ofHours(1));

    assertThat(registry.newCalls()).containsExactly("register a");
    assertThat(world.executor.waiting()).isZero();
    registrar.close();
    assertThat(registry.newCalls()).containsExactly("deregister a L1");
  }

  @Test
  void itStartsOnce() {
    Registrar registrar = world.started(world.builder());
    assertThat(world.builder().build().state()).isEqualTo(RegistrarState.NEW);
    assertThatIllegalStateException()
        .isThrownBy(registrar::startInBackground)
        .withMessage("the registrar was started before");
    registrar.close();
    assertThatIllegalStateException()
        .isThrownBy(registrar::start)
        .withMessage("the registrar is closed");
  }

  @Test
  void onAnExecutorThatIsShutDownItDoesNotStart() {
    world.executor.shutdown();

    assertThatIllegalStateException()
        .isThrownBy(() -> world.builder().build().start())
        .withMessageContaining("executor is shut down");
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
