package dev.rollcall.registrar;

import static dev.rollcall.registrar.RegistrarFixture.INTERVAL;
import static dev.rollcall.registrar.RegistrarFixture.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How a registration begins, by a clock that is turned by hand. */
class RegistrarStartTest {
  private final RegistrarFixture world = new RegistrarFixture();
  private final AsyncStubRegistry registry = world.registry;

  private void elapse(Duration time) {
    world.executor.elapse(time);
  }

  @Test
  void itTriesAtTheRetryDelayThenGivesBackControlAndGoesOnWithBackoff() {
    world.registrationsFail(new RegistryUnavailableException("down", null, null));
    world.longestDelays = true;
    Registrar registrar = world.builder().maxRetries(3).retryDelay(SECOND).build();
    CompletableFuture<Boolean> result = registrar.startInBackground();
    elapse(SECOND);
    assertThat(registry.newCalls()).hasSize(2);
    assertThat(result).isNotDone();
    elapse(SECOND);
    assertThat(registry.newCalls()).hasSize(1);
    elapse(Duration.ZERO);
    assertThat(result).isCompletedWithValue(false);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERING);
    assertThat(registrar.lease()).isEmpty();
    assertThat(registrar.id()).isEqualTo("a");

    elapse(Duration.ofMinutes(1));
    assertThat(registry.newCalls().size()).isBetween(7, 9); // one in 8 s, four fifths of 10
    world.registrationsSucceed();
    elapse(INTERVAL);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registrar.lastError()).isEmpty();
  }

  @Test
  void withFailOnErrorItFailsAndLeavesNothingRunning() {
    RegistryUnavailableException down = new RegistryUnavailableException("down", null, null);
    world.registrationsFail(down);
    Registrar registrar = world.builder().failOnError(true).maxRetries(2).build();
    CompletableFuture<Boolean> result = registrar.startInBackground();
    elapse(Duration.ofSeconds(2));

    assertThatThrownBy(result::get).cause().isSameAs(down);
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(registrar.lastError()).contains(down);
    assertThat(registry.newCalls()).containsExactly("register a", "register a");
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void aRegistryThatHangsGivesBackControlAfterTheStartTimeoutAndRegistersWhenItAnswers() {
    var gate = registry.hold();
    Registrar registrar = world.builder().build();
    CompletableFuture<Boolean> result = registrar.startInBackground();
    elapse(Duration.ofSeconds(5).minusNanos(1));
    assertThat(result).isNotDone();
    elapse(Duration.ofNanos(1));
    assertThat(result).isCompletedWithValue(false);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERING);

    gate.complete(null);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }

  @Test
  void withFailOnErrorARegistryThatHangsFailsTheStartAndEndsWithNothingRegistered() {
    var gate = registry.hold();
    Registrar registrar = world.builder().failOnError(true).startTimeout(SECOND).build();
    CompletableFuture<Boolean> result = registrar.startInBackground();
    elapse(SECOND);
    assertThat(result).isCompletedExceptionally();
    assertThatThrownBy(result::get)
        .cause()
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessage("'a' was not registered within PT1S");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSING);

    registry.holdNoMore();
    gate.complete(null);
    assertThat(registry.newCalls()).containsExactly("register a", "deregister a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void withFailOnErrorTheStartFailsInTimeAlsoWhileTheRegistrationIsBeingUndone() {
    Registrar registrar =
        world
            .builder(Registration.builder("http://h").name("orders").build())
            .failOnError(true)
            .maxRetries(1)
            .timeout(Duration.ofSeconds(3))
            .build();
    var gate = registry.hold();
    CompletableFuture<Boolean> result = registrar.startInBackground();
    elapse(Duration.ofSeconds(5).minusNanos(1)); // the try was given up; its undoing hangs as well
    assertThat(registry.newCalls()).hasSize(2);
    assertThat(result).isNotDone();
    elapse(Duration.ofNanos(1));
    assertThat(result).isCompletedExceptionally();
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSING);

    registry.holdNoMore();
    gate.complete(null);
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void aCallbackOfAStartThatFailedMayCloseTheRegistrar() throws Exception {
    world.registrationsFail(new RegistryUnavailableException("down", null, null));
    AtomicBoolean wasClosed = new AtomicBoolean();
    Registrar registrar =
        Registrar.builder(registry, Registration.builder("http://h").id("a").build())
            .failOnError(true)
            .maxRetries(1)
            .shutdownHook(false)
            .build();
    CompletableFuture<Boolean> result =
        registrar
            .startInBackground()
            .exceptionally(
                e -> {
                  registrar.close();
                  wasClosed.set(registrar.closeInBackground().isDone());
                  return false;
                });

    assertThat(result.get(30, TimeUnit.SECONDS)).isFalse();
    assertThat(wasClosed).isTrue();
  }

  @Test
  void withFailOnErrorALossAfterTheStartIsNoFailure() {
    Registrar registrar = world.pinged(world.builder().failOnError(true));
    RejectedException refused = new RejectedException("no", null);
    world.pingsFail(refused);
    world.registrationsFail(refused);
    elapse(Duration.ofMinutes(10));

    assertThat(registrar.state()).isEqualTo(RegistrarState.LOST);
  }

  @Test
  void aRegistrationThatIsRefusedIsReportedAtOnceAndTriedAgainSlowly() {
    RejectedException refused = new RejectedException("no such url", null);
    world.registrationsFail(refused);
    Registrar registrar = world.builder().build();
    CompletableFuture<Boolean> result = registrar.startInBackground();
    elapse(Duration.ZERO);
    assertThat(result).isCompletedWithValue(false);
    assertThat(registrar.lastError()).contains(refused);

    elapse(Duration.ofSeconds(29));
    assertThat(registry.newCalls()).hasSize(1);
    elapse(Duration.ofMinutes(5));
    assertThat(registry.newCalls().size()).isBetween(5, 11);
  }

  @Test
  void nothingIsRegisteredBeforeTheServiceIsReady() {
    AtomicBoolean ready = new AtomicBoolean();
    Registrar registrar = world.started(world.builder().registerWhen(ready::get));
    elapse(Duration.ofSeconds(5));
    assertThat(registrar.state()).isEqualTo(RegistrarState.WAITING);
    assertThat(registrar.lastError().orElseThrow()).hasMessageContaining("not ready");
    assertThat(registry.newCalls()).isEmpty();

    ready.set(true);
    elapse(Duration.ofSeconds(2));
    assertThat(registry.newCalls()).startsWith("register a");
    ready.set(false);
    world.pingsAreNotFound();
    elapse(INTERVAL.plus(SECOND));
    assertThat(registry.newCalls()).contains("register a"); // it is asked once
  }

  @Test
  void aServiceThatIsNotReadyForSoLongEndsTheWaitAndAFailingCheckCountsAsNo() {
    Registrar registrar =
        world
            .builder()
            .registerWhen(
                () -> {
                  throw new IllegalStateException("of the test");
                })
            .build();
    CompletableFuture<Boolean> result = registrar.startInBackground();
    elapse(Duration.ofSeconds(8));

    assertThat(result).isCompletedWithValue(false);
    assertThat(registrar.state()).isEqualTo(RegistrarState.WAITING);
    assertThat(registrar.counts().failures()).isZero();
    registrar.close();
    elapse(INTERVAL);
    assertThat(registry.newCalls()).isEmpty();
  }

  @Test
  void aRegistrationMayTakeTheTimeoutAndAPingAsLongAsTwoMoreTriesNeed() {
    world.pinged(world.builder());
    assertThat(registry.timeouts).containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(5));
  }

  @Test
  void withAShortLeaseThePingsComeAtAThirdOfIt() {
    registry.ttl = Duration.ofSeconds(3);
    world.longestDelays = true;
    world.started(world.builder());
    elapse(SECOND.multipliedBy(4));
    assertThat(registry.newCalls()).hasSize(5).endsWith("ping a L1");

    world.pingsFail();
    elapse(Duration.ofSeconds(3));
    assertThat(registry.newCalls()).hasSizeGreaterThanOrEqualTo(3);
  }
}
