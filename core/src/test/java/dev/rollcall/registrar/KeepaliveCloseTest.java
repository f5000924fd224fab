package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.ServiceRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How registrations at registries that block end, on real threads. */
@Timeout(120)
class KeepaliveCloseTest {
  private static final int SERVICES = 20;

  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void open() {
    gate.countDown();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Registrar.Builder builder(ServiceRegistry registry, String id) {
    return Registrar.builder(registry, Registration.builder("http://h").id(id).build());
  }

  private static Registrar started(Registrar.Builder builder) {
    Registrar registrar = builder.build();
    registrar.start();
    assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
    return registrar;
  }

  @Test
  void allAreDeregisteredAtOnce() {
    StubRegistry registry = new StubRegistry();
    CountDownLatch allAsked = new CountDownLatch(SERVICES);
    List<Boolean> together = new CopyOnWriteArrayList<>();
    registry.beforeDeregister =
        () -> {
          allAsked.countDown();
          together.add(await(allAsked));
        };
    try (Keepalive keepalive = Keepalive.create()) {
      for (int i = 0; i < SERVICES; i++) {
        started(builder(registry, "s" + i).keepalive(keepalive).timeout(Duration.ofMinutes(1)));
      }
    }

    assertThat(together).hasSize(SERVICES).containsOnly(true);
  }

  @Test
  void aRegistryThatHangsKeepsNoOtherServiceFromBeingDeregisteredNorTheCloseFromItsEnd() {
    StubRegistry hung = new StubRegistry();
    hung.beforeDeregister = () -> await(gate);
    StubRegistry well = new StubRegistry();
    Keepalive keepalive = Keepalive.create();
    for (int i = 0; i < SERVICES; i++) {
      started(builder(hung, "s" + i).keepalive(keepalive).timeout(Duration.ofMillis(500)));
    }
    started(builder(well, "a").keepalive(keepalive));
    CompletableFuture<Void> closed = CompletableFuture.runAsync(keepalive::close);

    assertThat(closed).succeedsWithin(Duration.ofSeconds(20)); // and not 20 times 30 s
    assertThat(well.calls).containsExactly("register a", "deregister a L1");
  }

  @Test
  void aDeregistrationThatIsMadeAgainHoldsUpNeitherTheTimeNorAnotherService() {
    List<String> threads = new CopyOnWriteArrayList<>();
    StubRegistry busy = new StubRegistry();
    busy.beforeDeregister =
        () -> {
          threads.add(Thread.currentThread().getName());
          if (threads.size() < 3) {
            throw new RegistryUnavailableException("busy", null, Duration.ZERO);
          }
        };
    try (Keepalive keepalive = Keepalive.create()) {
      started(builder(busy, "a").keepalive(keepalive)).close();
    }

    assertThat(threads).hasSize(3).containsOnly("rollcall-call");
  }

  @Test
  void aListenerOnTheOnlyThreadOfAnExecutorMayCloseTheRegistrar() {
    StubRegistry registry = new StubRegistry();
    CountDownLatch closed = new CountDownLatch(1);
    var executor = new ScheduledThreadPoolExecutor(1);
    try {
      var unused =
          builder(registry, "a")
              .executor(executor)
              .timeout(Duration.ofMinutes(1))
              .listener(
                  (who, from, to) -> {
                    if (to == RegistrarState.REGISTERED) {
                      who.close();
                      closed.countDown();
                    }
                  })
              .build()
              .startInBackground();
      assertThat(await(closed)).isTrue();
      assertThat(registry.calls).containsExactly("register a", "deregister a L1");
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void nobodysCodeRunsOnTheThreadThatKeepsTheTime() {
    CompletableFuture<String> timer = new CompletableFuture<>();
    CompletableFuture<String> other = new CompletableFuture<>();
    try (Keepalive keepalive = Keepalive.create()) {
      var unused =
          keepalive.schedule(
              0,
              () -> {
                timer.complete(Thread.currentThread().getName());
                keepalive.runAside(() -> other.complete(Thread.currentThread().getName()));
              });

      assertThat(timer).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("rollcall-keepalive");
      assertThat(other).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("rollcall-callback");
    }
  }
}
