package dev.rollcall.registrar;

import static dev.rollcall.registrar.RegistrarFixture.INTERVAL;
import static dev.rollcall.registrar.RegistrarFixture.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.LeaseSupersededException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A process that was suspended, with a clock that is turned by hand. */
class RegistrarSuspendTest {
  private final RegistrarFixture world = new RegistrarFixture();
  private final AsyncStubRegistry registry = world.registry;

  /** Lets time pass in which nothing runs. */
  private void suspend(Duration time) {
    world.clock.advance(time);
  }

  @Test
  void afterASuspensionAServiceWhoseLeaseEndedIsRegisteredAgainWithinASecond() {
    Registrar registrar = world.pinged(world.builder());
    world.longestDelays = true;
    suspend(Duration.ofHours(1));
    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);
    world.pingsAreNotFound();
    world.executor.elapse(SECOND);

    assertThat(registry.newCalls()).startsWith("ping a L1", "register a");
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }

  @Test
  void afterASuspensionAServiceWhoseLeaseTheRegistryEndedIsRegisteredAgainWithinASecond() {
    Registrar registrar = world.pinged(world.builder());
    world.longestDelays = true;
    suspend(Duration.ofSeconds(25)); // by its own count the lease holds
    world.pingsAreNotFound();
    world.executor.elapse(SECOND);

    assertThat(registry.newCalls()).startsWith("ping a L1", "register a");
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }

  @Test
  void afterASuspensionAServiceWhoseLeaseHoldsIsPingedOnce() {
    world.pinged(world.builder());
    suspend(Duration.ofSeconds(25));
    world.executor.elapse(Duration.ofSeconds(9));

    assertThat(registry.newCalls()).containsExactly("ping a L1");
  }

  @Test
  void afterASuspensionAServiceThatWasReplacedLeavesTheIdToItsHolder() {
    Registrar registrar = world.pinged(world.builder());
    suspend(Duration.ofHours(1));
    world.pingsFail(new LeaseSupersededException("superseded", null));
    world.executor.elapse(INTERVAL);

    assertThat(registry.newCalls()).containsOnly("ping a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.SUPERSEDED);
  }

  @Test
  void aSuspensionThatLetsACallFailIsFollowedByAnotherCallAtOnce() {
    Registrar registrar = world.pinged(world.builder());
    var gate = registry.hold();
    world.executor.elapse(INTERVAL);
    suspend(Duration.ofHours(1));
    world.pingsFail();
    registry.holdNoMore();
    gate.complete(null);
    world.pingsAreNotFound();
    world.longestDelays = true;
    world.executor.elapse(SECOND);

    assertThat(registry.newCalls()).startsWith("ping a L1", "ping a L1", "register a");
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }

  @Test
  void aSuspensionDuringACallThatIsAnsweredIsFollowedByAnotherCallAtOnce() {
    Registrar registrar = world.pinged(world.builder());
    var gate = registry.hold();
    world.executor.elapse(INTERVAL);
    suspend(Duration.ofHours(1));
    registry.holdNoMore();
    gate.complete(null); // with an answer that is an hour old
    world.pingsAreNotFound();
    world.longestDelays = true;
    world.executor.elapse(SECOND);

    assertThat(registry.newCalls()).startsWith("ping a L1", "ping a L1", "register a");
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }
}
