package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A thousand services of one registry that comes back empty. */
class RegistrarSpreadTest {
  private static final int SERVICES = 1_000;
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Random random = new Random(1);
  private final ManualClock clock = new ManualClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final FaultyRegistry registry = new FaultyRegistry(clock, executor, random);

  private Registrar registrar(int number) {
    return registrar(number, Keepalive.on(executor, clock));
  }

  private Registrar registrar(int number, Keepalive keepalive) {
    Registration registration = Registration.builder("http://h").id("s" + number).build();
    return Registrar.builder(registry, registration)
        .keepalive(keepalive)
        .random(random)
        .keepaliveInterval(INTERVAL)
        .shutdownHook(false)
        .build();
  }

  @Test
  void allAreBackWithinOneAndAHalfIntervalsAndAThirdOfThemInASecondAtMost() {
    registry.repair();
    List<Registrar> registrars = IntStream.range(0, SERVICES).mapToObj(this::registrar).toList();
    for (Registrar registrar : registrars) {
      var unused = registrar.startInBackground();
    }
    executor.elapse(INTERVAL.multipliedBy(3));
    assertThat(registry.services()).hasSize(SERVICES);

    registry.restart();
    int back = 0;
    for (long second = 0; second < INTERVAL.toSeconds() * 3 / 2; second++) {
      executor.elapse(SECOND);
      int now = registry.services().size();
      assertThat(now - back).as("in second " + second).isLessThanOrEqualTo(SERVICES / 3);
      back = now;
    }

    assertThat(back).isEqualTo(SERVICES);
  }

  @Test
  void afterAnOutageACrowdThatSharesAKeepaliveComesBackInTimeAndIsSpreadOverIt() {
    registry.repair();
    Keepalive keepalive = Keepalive.on(executor, clock);
    for (int i = 0; i < SERVICES; i++) {
      var unused = registrar(i, keepalive).startInBackground();
    }
    executor.elapse(INTERVAL.multipliedBy(3));
    registry.cut(true);
    executor.elapse(INTERVAL.multipliedBy(6));
    registry.restart();
    registry.cut(false);
    registry.newCalls();

    executor.elapse(SECOND);
    // Each pings, and registers in its time: at once, they would be 254.
    assertThat(registry.newCalls()).hasSizeLessThan(SERVICES / 5);
    executor.elapse(INTERVAL.multipliedBy(3).dividedBy(2).minus(SECOND));
    assertThat(registry.services()).hasSize(SERVICES);
  }
}
