package dev.rollcall.registrar;

import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import java.time.Duration;
import java.util.Optional;

/**
 * A registrar of the service {@code a}, a scripted registry, and a clock that is turned by hand.
 */
final class RegistrarFixture {
  static final Duration SECOND = Duration.ofSeconds(1);
  static final Duration INTERVAL = Duration.ofSeconds(10);

  final ManualClock clock = new ManualClock();
  final ManualExecutor executor = new ManualExecutor(clock);
  final AsyncStubRegistry registry = new AsyncStubRegistry();

  /** Whether chance chooses the longest delay, or the shortest, a tenth of it. */
  boolean longestDelays;

  Registrar.Builder builder() {
    return builder(Registration.builder("http://h").id("a").build());
  }

  Registrar.Builder builder(Registration registration) {
    return Registrar.builder(registry, registration)
        .executor(executor)
        .nanoTime(clock)
        .random(() -> longestDelays ? -1L : 0L);
  }

  Registrar started(Registrar.Builder builder) {
    Registrar registrar = builder.build();
    var unused = registrar.startInBackground();
    executor.elapse(Duration.ZERO);
    return registrar;
  }

  /** Starts one and lets its first ping pass, so that the next is due in an interval. */
  Registrar pinged(Registrar.Builder builder) {
    Registrar registrar = started(builder);
    executor.elapse(SECOND);
    registry.newCalls();
    return registrar;
  }

  void pingsFail() {
    pingsFail(new RegistryUnavailableException("down", null, null));
  }

  void pingsFail(RuntimeException e) {
    registry.onPing =
        () -> {
          throw e;
        };
  }

  void pingsSucceed() {
    registry.onPing = () -> Optional.of(registry.lease("a"));
  }

  void pingsAreNotFound() {
    registry.onPing = Optional::empty;
  }

  void registrationsFail(RuntimeException e) {
    registry.beforeRegister =
        () -> {
          throw e;
        };
  }

  void registrationsSucceed() {
    registry.beforeRegister = () -> {};
  }
}
