package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.contract.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;

class SuspendDetectorTest {
  private final ManualClock clock = new ManualClock();
  private final SuspendDetector detector = new SuspendDetector(clock, clock);

  @Test
  void timeThatPassesOnBothClocksIsNoSuspension() {
    for (int i = 0; i < 100; i++) {
      clock.advance(Duration.ofMinutes(1));
      assertThat(detector.wasSuspended()).isFalse();
    }
  }

  @Test
  void aWallClockThatIsAheadIsASuspensionOnce() {
    clock.stepWall(Duration.ofSeconds(2));
    assertThat(detector.wasSuspended()).isTrue();
    assertThat(detector.wasSuspended()).isFalse();
  }

  @Test
  void smallCorrectionsAndStepsBackAreNoSuspension() {
    clock.stepWall(Duration.ofMillis(900));
    assertThat(detector.wasSuspended()).isFalse();
    clock.stepWall(Duration.ofHours(-1));
    assertThat(detector.wasSuspended()).isFalse();
  }

  @Test
  void onAnExecutorOfTheHostsItLooksUntilTheLastServiceIsClosed() {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    executor.setRemoveOnCancelPolicy(true);
    RegistrarFixture world = new RegistrarFixture();
    Registration registration = Registration.builder("http://h").id("a").build();
    try (Registrar registrar =
        Registrar.builder(world.registry, registration).executor(executor).build()) {
      registrar.start();
      assertThat(periodicTasks(executor)).hasSize(1);
    } finally {
      assertThat(periodicTasks(executor)).isEmpty();
      executor.shutdownNow();
    }
  }

  private static List<Runnable> periodicTasks(ScheduledThreadPoolExecutor executor) {
    return executor.getQueue().stream()
        .filter(task -> ((RunnableScheduledFuture<?>) task).isPeriodic())
        .toList();
  }

  @Test
  void afterASuspensionEachServiceRegistersWithinASecond() {
    RegistrarFixture world = new RegistrarFixture();
    try (Keepalive keepalive = Keepalive.on(world.executor, world.clock)) {
      Registration registration = Registration.builder("http://h").id("a").build();
      Registrar registrar =
          Registrar.builder(world.registry, registration).keepalive(keepalive).build();
      var unused = registrar.startInBackground();
      world.executor.elapse(Duration.ofMillis(1));
      world.registry.newCalls();
      world.pingsAreNotFound();
      world.longestDelays = true;
      keepalive.resumeAfterSuspension();
      world.executor.elapse(Duration.ofSeconds(1).minus(SuspendDetector.PERIOD));

      assertThat(world.registry.newCalls()).containsExactly("ping a L1", "register a");
    }
  }
}
