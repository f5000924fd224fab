package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;

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
    Registration registration = Registration.of("http://h").id("s" + number).build();
    return Registrar.builder(registry, registration)
        .executor(executor)
        .clock(clock)
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
}
