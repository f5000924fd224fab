package dev.rollcall.registrar;

import static dev.rollcall.registrar.RegistrarFixture.INTERVAL;
import static dev.rollcall.registrar.RegistrarFixture.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.Ulid;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The life of a registration, by a clock that is turned by hand. */
class RegistrarLifecycleTest {
  private final RegistrarFixture world = new RegistrarFixture();
  private final AsyncStubRegistry registry = world.registry;

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
    assertThat(registrar.counts()).isEqualTo(new RegistrarCounts(1, 0, 2, 0));
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
    Registrar registrar = world.pinged(world.builder(Registration.builder("http://h").build()));
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
    world.pingsFail(new LeaseSupersededException("superseded", null));
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
    elapse(INTERVAL.plusSeconds(5)); // in which it may be answered

    assertThat(registry.newCalls()).containsExactly("ping a L1");
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
}
