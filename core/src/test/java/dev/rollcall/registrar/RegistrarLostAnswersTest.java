package dev.rollcall.registrar;

import static dev.rollcall.registrar.RegistrarFixture.INTERVAL;
import static dev.rollcall.registrar.RegistrarFixture.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that never come, or that the JDK cannot pass on. */
@Timeout(60)
class RegistrarLostAnswersTest {
  private static final Duration DEADLINE = Duration.ofMillis(10_500);

  private final RegistrarFixture world = new RegistrarFixture();
  private final AsyncStubRegistry registry = world.registry;

  /** The JDK describes the cause of each stage that fails after another. */
  private static final class Indescribable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new InternalError("of the test");
    }
  }

  @Test
  void aRegistrationThatIsNeverAnsweredIsMadeAgain() {
    var unused = registry.hold();
    Registrar registrar = world.started(world.builder());
    registry.holdNoMore();
    world.executor.elapse(DEADLINE.minusNanos(1));
    assertThat(registry.newCalls()).containsExactly("register a");

    world.executor.elapse(INTERVAL);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }

  @Test
  void aRegistrationThatIsAnsweredLateCountsAndIsNotForgottenForAnOlderOne() {
    var gate = registry.hold();
    Registrar registrar = world.started(world.builder());
    world.executor.elapse(INTERVAL.plus(INTERVAL));
    assertThat(registry.newCalls()).containsExactly("register a", "register a");
    registry.holdNoMore();
    gate.complete(null);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);

    world.executor.elapse(INTERVAL);
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registry.newCalls()).isNotEmpty().allMatch(call -> call.startsWith("ping a"));
  }

  @Test
  void aPingThatIsNeverAnsweredIsFollowedByAnotherWithinTheLease() {
    Registrar registrar = world.pinged(world.builder());
    var unused = registry.hold();
    world.executor.elapse(INTERVAL);
    registry.holdNoMore();
    world.executor.elapse(SECOND.multipliedBy(7));

    assertThat(registry.newCalls()).containsExactly("ping a L1", "ping a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
  }

  @Test
  void aListenerIsToldThatALeaseEndedDuringACallThatNeverReturns() throws Exception {
    StubRegistry blocking = new StubRegistry();
    blocking.ttl = Duration.ofMillis(300);
    CountDownLatch hung = new CountDownLatch(1);
    blocking.onPing =
        () -> {
          awaitUninterruptibly(hung);
          return Optional.empty();
        };
    CountDownLatch lost = new CountDownLatch(1);
    try (Registrar registrar =
        Registrar.builder(blocking, Registration.builder("http://h").id("a").build())
            .keepaliveInterval(Duration.ofMillis(20))
            .timeout(Duration.ofMillis(100))
            .listener(
                (changed, from, to) -> {
                  if (to == RegistrarState.LOST) {
                    lost.countDown();
                  }
                })
            .build()) {
      registrar.start();

      assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
      hung.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void callsDoNotPileUpInAClientThatAnswersNone() {
    var unused = registry.hold();
    world.started(world.builder());
    world.executor.elapse(Duration.ofHours(1));

    assertThat(registry.newCalls()).hasSizeBetween(20, 30);
  }

  @Test
  void aDeregistrationThatIsNeverAnsweredEndsTheClose() {
    Registrar registrar = world.pinged(world.builder());
    var unused = registry.hold();
    var closed = registrar.closeInBackground();
    world.executor.elapse(DEADLINE);

    assertThat(closed).isCompleted();
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void aRegistrationThatIsNeverAnsweredDoesNotHoldUpTheClose() {
    var unused = registry.hold();
    Registrar registrar = world.started(world.builder());
    var closed = registrar.closeInBackground();
    world.executor.elapse(DEADLINE);

    assertThat(closed).isCompleted();
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void whatCannotBeDescribedEndsNoRegistrationOfARegistryThatNeedsNoThread() {
    var registration = registry.hold();
    Registrar registrar = world.started(world.builder());
    registry.holdNoMore();
    world.registrationsFail(new Indescribable());
    registration.complete(null);
    world.registrationsSucceed();
    world.executor.elapse(SECOND.multipliedBy(3)); // with the first ping
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    registry.newCalls();

    var ping = registry.hold();
    world.executor.elapse(INTERVAL);
    registry.holdNoMore();
    world.pingsFail(new Indescribable());
    ping.complete(null);
    world.pingsSucceed();
    world.executor.elapse(SECOND.multipliedBy(2));
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    assertThat(registry.newCalls()).containsExactly("ping a L1", "ping a L1");

    var deregistration = registry.hold();
    var closed = registrar.closeInBackground();
    registry.beforeDeregister =
        () -> {
          throw new Indescribable();
        };
    deregistration.complete(null);
    assertThat(closed).isCompleted();
    assertThat(world.executor.waiting()).isZero();
  }

  @Test
  void whatCannotBeDescribedEndsNoRegistrationOfARegistryThatBlocks() throws Exception {
    StubRegistry blocking = new StubRegistry();
    blocking.beforeRegister =
        () -> {
          blocking.beforeRegister = () -> {};
          throw new Indescribable();
        };
    CountDownLatch pings = new CountDownLatch(3);
    blocking.onPing =
        () -> {
          pings.countDown();
          if (pings.getCount() > 0) {
            throw new Indescribable();
          }
          return Optional.of(blocking.lease("a"));
        };
    blocking.beforeDeregister =
        () -> {
          throw new Indescribable();
        };
    try (Registrar registrar =
        Registrar.builder(blocking, Registration.builder("http://h").id("a").build())
            .keepaliveInterval(Duration.ofMillis(20))
            .retryDelay(Duration.ofMillis(1))
            .build()) {
      registrar.start();

      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
      assertThat(pings.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(blocking.calls).endsWith("deregister a L1");
  }
}
