package dev.rollcall.registrar;

import static dev.rollcall.registrar.RegistrarFixture.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a registration ends, by a clock that is turned by hand. */
class RegistrarCloseTest {
  private final RegistrarFixture world = new RegistrarFixture();
  private final AsyncStubRegistry registry = world.registry;

  @Test
  void closeDeregistersOnceAndEndsThePings() {
    Registrar registrar = world.pinged(world.builder());
    registrar.close();
    registrar.close();
    world.executor.elapse(Duration.ofHours(1));

    assertThat(registry.newCalls()).containsExactly("deregister a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(world.executor.waiting()).isZero();
    assertThat(world.executor.isShutdown()).isFalse();
  }

  @Test
  void withoutAutoDeregisterCloseLeavesTheLeaseToEnd() {
    Registrar registrar = world.pinged(world.builder().autoDeregister(false));
    registrar.close();

    assertThat(registry.newCalls()).isEmpty();
  }

  @Test
  void aDeregistrationThatFailsDoesNotFailClose() {
    for (RuntimeException e :
        new RuntimeException[] {
          new RegistryUnavailableException("down", null, null),
          new LeaseSupersededException("superseded", null)
        }) {
      Registrar registrar = world.pinged(world.builder());
      registry.beforeDeregister =
          () -> {
            throw e;
          };
      registrar.close();
      assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    }
  }

  @Test
  void aDeregistrationThatABusyRegistryDidNotTakeOnIsMadeAgainWhenItAsksFor() {
    Registrar registrar = world.pinged(world.builder().timeout(Duration.ofMillis(500)));
    Duration asked = Duration.ofMillis(100);
    registry.beforeDeregister =
        () -> {
          throw new RegistryUnavailableException("busy", null, asked);
        };
    registrar.close(); // for whose clock the executor's stands still
    assertThat(registry.newCalls()).containsExactly("deregister a L1");
    world.executor.elapse(asked.minusMillis(1));
    assertThat(registry.newCalls()).isEmpty();

    registry.beforeDeregister = () -> {};
    world.executor.elapse(asked);
    assertThat(registry.newCalls()).containsExactly("deregister a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void aRegistryThatStaysBusyIsAskedUntilTheTimeout() {
    Registrar registrar = world.pinged(world.builder().timeout(Duration.ofMillis(500)));
    registry.beforeDeregister =
        () -> {
          throw new RegistryUnavailableException("busy", null, Duration.ofMillis(200));
        };
    registrar.close();
    world.executor.elapse(Duration.ofHours(1));

    assertThat(registry.newCalls()).hasSizeBetween(2, 3).containsOnly("deregister a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void aSupersededServiceLeavesTheIdToItsHolder() {
    Registrar registrar = world.pinged(world.builder());
    world.pingsFail(new LeaseSupersededException("superseded", null));
    world.executor.elapse(INTERVAL);
    registry.newCalls();
    registrar.close();

    assertThat(registry.newCalls()).isEmpty();
  }

  @Test
  void closeBeforeTheFirstTryRegistersNothingAndEndsTheWait() {
    Registrar registrar = world.builder().build();
    CompletableFuture<Boolean> result = registrar.startInBackground();
    registrar.close();
    world.executor.elapse(INTERVAL);

    assertThat(result).isCompletedWithValue(false);
    assertThat(registry.newCalls()).isEmpty();
  }

  @Test
  void closeWithoutAStartIsAClose() {
    Registrar registrar = world.builder().build();
    registrar.close();

    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
  }

  @Test
  void itMayBeClosedFromTheCallbackOfItsStart() {
    Registrar registrar = world.builder().build();
    var unused = registrar.startInBackground().thenRun(registrar::close);
    world.executor.elapse(INTERVAL);

    assertThat(registry.newCalls()).containsExactly("register a", "deregister a L1");
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void aRegistrationThatIsUnderWayEndsDeregistered() {
    var gate = registry.hold();
    Registrar registrar = world.started(world.builder().timeout(Duration.ofMillis(50)));
    registrar.close(); // which the registry does not answer in time
    registry.holdNoMore();
    assertThat(registry.newCalls()).containsExactly("register a");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSING);

    gate.complete(null);
    assertThat(registry.newCalls()).containsExactly("deregister a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
  }

  @Test
  void aRegistrationThatFailsWhileClosingEndsClosed() {
    var gate = registry.hold();
    Registrar registrar = world.started(world.builder().timeout(Duration.ofMillis(50)));
    registrar.close();
    world.registrationsFail(new RegistryUnavailableException("down", null, null));
    gate.complete(null);
    world.executor.elapse(Duration.ZERO);

    assertThat(registry.newCalls()).containsExactly("register a");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void closeDoesNotWaitForAPing() {
    Registrar registrar = world.pinged(world.builder());
    var gate = registry.hold();
    world.executor.elapse(INTERVAL);
    registry.holdNoMore();
    registrar.close();
    gate.complete(null);
    world.executor.elapse(INTERVAL);

    assertThat(registry.newCalls()).containsExactly("ping a L1", "deregister a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
  }

  @Test
  void aRegistrationWhoseAnswerWasLostIsUndoneIfNobodyElseCanHaveTheId() {
    world.registrationsFail(new RegistryUnavailableException("no answer", null, null));
    Registrar made = world.started(world.builder(Registration.builder("http://h").build()));
    Registrar brought = world.started(world.builder());
    registry.newCalls();
    made.close();
    brought.close();

    assertThat(registry.newCalls()).containsExactly("deregister " + made.id());
  }

  @Test
  void aRegistrationThatWasRefusedIsNotUndone() {
    world.registrationsFail(new RejectedException("no", null));
    Registrar registrar = world.started(world.builder(Registration.builder("http://h").build()));
    registry.newCalls();
    registrar.close();

    assertThat(registry.newCalls()).isEmpty();
  }

  @Test
  void aServiceThatTheRegistryLostIsNotDeregistered() {
    Registrar registrar = world.pinged(world.builder());
    world.pingsAreNotFound();
    world.executor.elapse(INTERVAL);
    registry.newCalls();
    registrar.close();

    assertThat(registry.newCalls()).isEmpty();
  }

  @Test
  void aKeepaliveThatClosesClosesItsRegistrars() {
    Keepalive keepalive = Keepalive.on(world.executor, world.clock);
    Registration registration = Registration.builder("http://h").id("a").build();
    Registrar registrar = Registrar.builder(registry, registration).keepalive(keepalive).build();
    var unused = registrar.startInBackground();
    world.executor.elapse(Duration.ZERO);
    keepalive.close();
    keepalive.close();

    assertThat(registry.newCalls()).containsExactly("register a", "deregister a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
  }
}
