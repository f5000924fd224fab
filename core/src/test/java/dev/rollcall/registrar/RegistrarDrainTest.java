package dev.rollcall.registrar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wait between the end of a registration and the return of the close, by the real clock. */
@Timeout(60)
class RegistrarDrainTest {
  private static final Duration DRAIN = Duration.ofMillis(200);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  /** So many waits of a second, one after the other, do not fit into the timeout. */
  private static final int MANY = 100;

  private final RegistrarFixture world = new RegistrarFixture();
  private final AsyncStubRegistry registry = world.registry;
  private final AtomicLong deregisteredNanos = new AtomicLong();

  private Registrar draining(Duration drain) {
    registry.beforeDeregister = () -> deregisteredNanos.set(System.nanoTime());
    return world.pinged(world.builder().drainDelay(drain));
  }

  private Duration sinceDeregistered() {
    return Duration.ofNanos(System.nanoTime() - deregisteredNanos.get());
  }

  @Test
  void closeReturnsWhenTheDrainThatFollowsTheDeregistrationIsOver() {
    Registrar registrar = draining(DRAIN);
    registrar.close();

    assertThat(sinceDeregistered()).isGreaterThanOrEqualTo(DRAIN);
    assertThat(registry.newCalls()).containsExactly("deregister a L1");
    assertThat(registrar.state()).isEqualTo(RegistrarState.CLOSED);
  }

  @Test
  void aDeregistrationThatFailsIsFollowedByTheSameDrain() {
    Registrar registrar = draining(DRAIN);
    registry.beforeDeregister =
        () -> {
          deregisteredNanos.set(System.nanoTime());
          throw new RegistryUnavailableException("down", null, null);
        };
    registrar.close();

    assertThat(sinceDeregistered()).isGreaterThanOrEqualTo(DRAIN);
  }

  @Test
  void aDeregistrationThatHangsIsGivenUpAndFollowedByTheSameDrain() {
    Duration timeout = Duration.ofMillis(100);
    Registrar registrar = world.pinged(world.builder().drainDelay(DRAIN).timeout(timeout));
    var answer = registry.hold();
    long begun = System.nanoTime();
    registrar.close();

    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isGreaterThanOrEqualTo(timeout.plus(DRAIN));
    answer.complete(null);
  }

  @Test
  void whoClosesMeanwhileWaitsForTheSameDrain() {
    Registrar registrar = draining(DRAIN);
    List<CompletableFuture<Duration>> closing =
        List.of(closeOnAnotherThread(registrar), closeOnAnotherThread(registrar));

    assertThat(closing)
        .extracting(CompletableFuture::join)
        .allSatisfy(each -> assertThat(each).isGreaterThanOrEqualTo(DRAIN));
    assertThat(registry.newCalls()).containsExactly("deregister a L1");
  }

  private CompletableFuture<Duration> closeOnAnotherThread(Registrar registrar) {
    return CompletableFuture.supplyAsync(
        () -> {
          registrar.close();
          return sinceDeregistered();
        },
        task -> new Thread(task).start());
  }

  @Test
  void whoClosesAgainDoesNotWaitAgain() {
    Registrar registrar = draining(SECOND);
    for (int i = 0; i < MANY; i++) {
      registrar.close();
    }

    assertThat(sinceDeregistered()).isGreaterThanOrEqualTo(SECOND);
  }

  @Test
  void aServiceThatWasNeverRegisteredHasNoDrain() {
    world.builder().drainDelay(HOUR).build().close();
    Registrar waiting = world.started(world.builder().drainDelay(HOUR).registerWhen(() -> false));
    waiting.close();

    assertThat(waiting.state()).isEqualTo(RegistrarState.CLOSED);
  }

  @Test
  void aServiceWhoseRegistrationMayHaveTakenEffectHasADrain() {
    world.registrationsFail(new RegistryUnavailableException("no answer", null, null));
    Registrar registrar =
        world.started(world.builder(Registration.builder("http://h").build()).drainDelay(DRAIN));
    long begun = System.nanoTime();
    registrar.close();

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(DRAIN);
  }

  @Test
  void anInterruptDoesNotCutItShortAndStaysSet() {
    Registrar registrar = draining(DRAIN);
    Thread.currentThread().interrupt();
    registrar.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(sinceDeregistered()).isGreaterThanOrEqualTo(DRAIN);
  }

  @Test
  void aKeepaliveThatClosesDrainsAllAtTheSameTime() {
    Keepalive keepalive = Keepalive.on(world.executor, world.clock);
    registry.beforeDeregister = () -> deregisteredNanos.set(System.nanoTime());
    for (int i = 0; i < MANY; i++) {
      Registration one = Registration.builder("http://h").id("s" + i).build();
      var unused =
          Registrar.builder(registry, one)
              .keepalive(keepalive)
              .drainDelay(SECOND)
              .build()
              .startInBackground();
    }
    world.executor.elapse(Duration.ofMinutes(1));
    keepalive.close();

    assertThat(registry.newCalls()).filteredOn(call -> call.startsWith("deregister")).hasSize(MANY);
    assertThat(sinceDeregistered()).isGreaterThanOrEqualTo(SECOND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-0.001S", "PT1H0.001S"})
  void aDrainOutOfBoundsIsRefused(Duration drain) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> world.builder().drainDelay(drain))
        .withMessageContaining(drain.toString());
  }

  @Test
  void aDrainWithoutDeregistrationIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> world.builder().drainDelay(SECOND).autoDeregister(false).build())
        .withMessageContaining("needs autoDeregister");
  }

  /** A service whose JVM is told to stop, or which closes its registrar itself. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws InterruptedException {
      Registration registration = Registration.builder("http://h").id("x").build();
      Registrar registrar =
          Registrar.builder(new StubRegistry(), registration).drainDelay(HOUR).build();
      registrar.start();
      System.out.println("up");
      if (args[0].equals("close")) {
        registrar.close();
      }
      Thread.currentThread().join();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "wait"})
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
  void aJvmThatIsToldToStopStaysForTheDrain(String what) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                what)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      if (what.equals("wait")) {
        readUntil(out, "up");
        process.toHandle().destroy();
        readUntil(out, "INFO: 'x' is deregistered");
      } else {
        readUntil(out, "INFO: 'x' is deregistered");
        process.toHandle().destroy();
      }

      assertThat(process.waitFor(1, TimeUnit.SECONDS)).as("has ended").isFalse();
    } finally {
      process.destroyForcibly();
    }
  }

  private static void readUntil(BufferedReader out, String last) throws IOException {
    for (String line = out.readLine(); !last.equals(line); line = out.readLine()) {
      assertThat(line).as("before " + last).isNotNull();
    }
  }
}
