package dev.rollcall.registrar;

import static dev.rollcall.registrar.RegistrarFixture.INTERVAL;
import static dev.rollcall.registrar.RegistrarFixture.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * A registration that was given up, and that the registry carries out after the one that followed
 * it, by a clock that is turned by hand.
 */
class RegistrarUncertainOutcomeTest {
  private final RegistrarFixture world = new RegistrarFixture();
  private final AsyncStubRegistry registry = world.registry;

  /** Starts one whose first registration is given up, and whose second succeeds. */
  private Registrar startedWithoutAnAnswer(Registrar.Builder builder) {
    world.registrationsFail(new RegistryUnavailableException("no answer", null, null));
    Registrar registrar = world.started(builder);
    world.registrationsSucceed();
    world.executor.elapse(SECOND.multipliedBy(2));
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    registry.newCalls();
    return registrar;
  }

  /** A builder whose registrar makes the id, so that nobody else has it. */
  private Registrar.Builder generatedId() {
    return world.builder(Registration.builder("http://h").build());
  }

  private void supersede() {
    world.pingsFail(new LeaseSupersededException("superseded", null));
  }

  @Test
  void withAnIdThatNobodyElseHasItTakesTheIdBackAtOnce() {
    Registrar registrar = startedWithoutAnAnswer(generatedId());
    supersede();
    world.executor.elapse(SECOND); // in which the first ping is sent
    world.pingsSucceed();

    assertThat(registry.newCalls())
        .containsExactly("ping " + registrar.id() + " L1", "register " + registrar.id());
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }

  @Test
  void withAnIdThatNobodyElseHasAndNoRegistrationGivenUpItLeavesTheHolderAlone() {
    Registrar registrar = world.started(generatedId());
    registry.newCalls();
    supersede();
    world.executor.elapse(INTERVAL);

    assertThat(registrar.state()).isEqualTo(RegistrarState.SUPERSEDED);
    assertThat(registry.newCalls()).containsOnly("ping " + registrar.id() + " L1");
  }

  @Test
  void aRegistrationThatWasGivenUpLongAgoIsNoReasonToTakeAnIdBack() {
    Registrar registrar = startedWithoutAnAnswer(generatedId());
    world.executor.elapse(Duration.ofSeconds(41)); // a timeout and a lease, and what is spread
    registry.newCalls();
    supersede();
    world.executor.elapse(INTERVAL.plus(INTERVAL));

    assertThat(registrar.state()).isEqualTo(RegistrarState.SUPERSEDED);
    assertThat(registry.newCalls()).containsOnly("ping " + registrar.id() + " L1");
  }

  @Test
  void withAnIdThatAnotherMayHaveItTakesNothingButAsksMoreOftenWhileItDoubts() {
    Registrar registrar = startedWithoutAnAnswer(world.builder());
    supersede();
    world.executor.elapse(SECOND.plus(INTERVAL));
    assertThat(registrar.state()).isEqualTo(RegistrarState.SUPERSEDED);
    assertThat(registry.newCalls()).hasSize(6).containsOnly("ping a L1");

    world.executor.elapse(Duration.ofSeconds(40));
    registry.newCalls();
    world.executor.elapse(INTERVAL.multipliedBy(3));
    assertThat(registry.newCalls()).hasSize(3).containsOnly("ping a L1");
  }

  @Test
  void closedBeforeItHasTakenTheIdBackItDeregistersWhatNobodyElseCanHold() {
    Registrar registrar = startedWithoutAnAnswer(generatedId());
    supersede();
    world.registrationsFail(new RegistryUnavailableException("down", null, null));
    world.executor.elapse(SECOND);
    registry.newCalls();
    registrar.close();

    assertThat(registry.newCalls()).containsExactly("deregister " + registrar.id());
  }
}
