package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.Race;
import dev.rollcall.contract.control.AtomicStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The registrar on real threads, and its settings. */
@Timeout(60)
class RegistrarTest {
  private static final Registration A = Registration.builder("http://h").id("a").build();

  private final StubRegistry registry = new StubRegistry();

  @Test
  void startReturnsWhenTheServiceIsRegistered() {
    try (Registrar registrar = Registrar.builder(registry, A).build()) {
      registrar.start();
      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    }
    assertThat(registry.calls).containsExactly("register a", "deregister a L1");
  }

  @Test
  void startReturnsWhenItsTriesHaveFailed() {
    registry.beforeRegister =
        () -> {
          throw new RegistryUnavailableException("down", null, null);
        };
    try (Registrar registrar = Registrar.builder(registry, A).maxRetries(1).build()) {
      registrar.start();
      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERING);
      assertThat(registrar.lastError()).isPresent();
    }
  }

  @Test
  void startReturnsInTimeThoughTheOnlyThreadOfItsExecutorHangs() {
    CountDownLatch gate = new CountDownLatch(1);
    registry.beforeRegister = () -> await(gate);
    var executor = new ScheduledThreadPoolExecutor(1);
    try (Registrar registrar =
        Registrar.builder(registry, A)
            .executor(executor)
            .startTimeout(Duration.ofMillis(50))
            .build()) {
      registrar.start();
      assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERING);
      gate.countDown();
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void anInterruptEndsTheWaitAloneAndKeepsTheFlag() {
    CountDownLatch gate = new CountDownLatch(1);
    registry.beforeRegister = () -> await(gate);
    try (Registrar registrar = Registrar.builder(registry, A).build()) {
      Thread.currentThread().interrupt();
      registrar.start();
      assertThat(Thread.interrupted()).isTrue();
      gate.countDown();
    }
    assertThat(registry.calls).doesNotContain("ping a L1");
  }

  @Test
  void itsThreadsAreNamedDaemonsThatEndWithIt() throws InterruptedException {
    CompletableFuture<Thread> asking = new CompletableFuture<>();
    registry.beforeRegister = () -> asking.complete(Thread.currentThread());
    try (Registrar registrar = Registrar.builder(registry, A).build()) {
      registrar.start();
    }
    Thread thread = asking.join();

    assertThat(thread.getName()).isEqualTo("rollcall-call");
    assertThat(thread.isDaemon()).isTrue();
    thread.join(30_000);
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void aCloseDuringARegistrationEndsDeregistered() {
    try (Race race = new Race();
        Keepalive keepalive = Keepalive.create();
        ServiceRegistry real =
            ServiceRegistry.over(new AtomicStore(System::nanoTime, InstantSource.system()))) {
      for (int round = 0; round < 1_000; round++) {
        Registrar registrar = Registrar.builder(real, A).keepalive(keepalive).build();
        var started = registrar.startInBackground();
        race.run(
                () -> {
                  registrar.close();
                  return true;
                },
                started::get)
            .forEach(Race.Outcome::get);
        assertThat(real.list()).as("round %d", round).isEmpty();
      }
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
