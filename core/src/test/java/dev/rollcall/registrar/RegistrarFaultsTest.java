package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Thousands of lives under random faults, each from its seed alone, and what holds in all of them.
 */
class RegistrarFaultsTest {
  private static final int LIVES = 3_000;
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration TTL = Duration.ofSeconds(30);

  /** One life, and the dice that rule it. */
  private static final class Life {
    final Random random;
    final ManualClock clock = new ManualClock();
    final ManualExecutor executor = new ManualExecutor(clock);
    final FaultyRegistry registry;
    final Registrar registrar;

    Life(int seed) {
      random = new Random(seed);
      registry = new FaultyRegistry(clock, executor, random);
      Registration.Builder registration = Registration.builder("http://h").ttl(TTL);
      if (random.nextBoolean()) {
        registration.id("a");
      }
      registrar =
          Registrar.builder(registry, registration.build())
              .executor(executor)
              .nanoTime(clock)
              .random(random)
              .shutdownHook(false)
              .timeout(Duration.ofMillis(500 + random.nextInt(20_000)))
              .build();
    }

    /** Something happens. */
    void event() {
      switch (random.nextInt(10)) {
        case 0 -> registry.restart();
        case 1 -> registry.cut(true);
        case 2, 3 -> registry.cut(false);
        case 4 -> clock.advance(Duration.ofMillis(random.nextInt(100_000))); // suspended
        case 5 -> {
          if (random.nextInt(4) == 0) {
            registry
                .real()
                .register(Registration.builder("http://other").id(registrar.id()).ttl(TTL).build());
          }
        }
        default -> {}
      }
      executor.elapse(Duration.ofMillis(random.nextInt(20_000)));
      assertThat(registry.services()).hasSizeLessThanOrEqualTo(1);
      assertThat(registry.underWay).isLessThanOrEqualTo(1);
    }

    /** Begins; in the end nothing fails any more. */
    void startAndPassThroughFaults() {
      var unused = registrar.startInBackground();
      for (int i = random.nextInt(15); i >= 0; i--) {
        event();
      }
      registry.repair();
    }

    boolean isOurs() {
      return registry.services().stream().anyMatch(service -> service.url().equals("http://h"));
    }
  }

  @Test
  void onceTheRegistryIsReachedTheServiceIsRegisteredAndStaysSo() {
    for (int seed = 0; seed < LIVES; seed++) {
      Life life = new Life(seed);
      life.startAndPassThroughFaults();
      // What may be under way, then a rest that the registry asked for, or the holder's lease.
      life.executor.elapse(Duration.ofSeconds(20).plusSeconds(75).plus(TTL));
      life.executor.elapse(INTERVAL.multipliedBy(3).dividedBy(2));

      assertThat(life.isOurs()).as("seed %d", seed).isTrue();
      assertThat(life.registrar.state()).as("seed %d", seed).isEqualTo(RegistrarState.REGISTERED);
      life.registry.newCalls();
      life.executor.elapse(INTERVAL.multipliedBy(10));
      assertThat(life.registry.newCalls())
          .as("seed %d", seed)
          .containsOnly("ping")
          .hasSizeBetween(9, 11);
    }
  }

  @Test
  void requestsThatAreCarriedOutLateLeaveNoServiceUnregisteredBeyondALease() {
    for (int seed = 0; seed < LIVES; seed++) {
      Life life = new Life(seed);
      life.registry.carriesOutLate = true;
      life.startAndPassThroughFaults();
      // What may be under way, and carried out late; then as above.
      life.executor.elapse(Duration.ofSeconds(41).plusSeconds(75).plus(TTL));
      life.executor.elapse(INTERVAL.multipliedBy(3).dividedBy(2));

      assertThat(life.isOurs()).as("seed %d", seed).isTrue();
      assertThat(life.registrar.state()).as("seed %d", seed).isEqualTo(RegistrarState.REGISTERED);
    }
  }

  @Test
  void afterACloseAtAnyMomentNothingIsRegisteredAndNothingIsAsked() {
    for (int seed = 0; seed < LIVES; seed++) {
      Life life = new Life(seed);
      life.startAndPassThroughFaults();
      life.executor.elapse(Duration.ofMillis(life.random.nextInt(20_000)));
      boolean wasOurs = life.registrar.state() == RegistrarState.REGISTERED;
      var closed = life.registrar.closeInBackground();
      life.executor.elapse(Duration.ofSeconds(21));

      assertThat(closed).as("seed %d", seed).isCompleted();
      assertThat(life.registrar.state()).isEqualTo(RegistrarState.CLOSED);
      assertThat(wasOurs && life.isOurs()).as("seed %d", seed).isFalse();
      life.registry.newCalls();
      life.executor.elapse(INTERVAL.multipliedBy(10));
      assertThat(life.registry.newCalls()).as("seed %d", seed).isEmpty();
      assertThat(life.isOurs()).as("seed %d", seed).isFalse();
      assertThat(life.executor.waiting()).as("seed %d", seed).isZero();
    }
  }
}
