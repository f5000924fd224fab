package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Registries that block, on real threads. */
@Timeout(60)
class AsyncAdaptersTest {
  private static final Registration REGISTRATION = Registration.builder("http://h").id("a").build();

  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void open() {
    gate.countDown();
  }

  private void await() {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Set<Thread> callThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("rollcall-call"))
        .collect(Collectors.toSet());
  }

  @Test
  void aRegistryThatHangsHoldsUpNoOtherAndItsThreadsAreBounded() {
    StubRegistry hung = new StubRegistry();
    hung.beforeRegister = this::await;
    StubRegistry well = new StubRegistry();
    List<Registrar> waiting = new ArrayList<>();
    Set<Thread> ofOthers = callThreads(); // of a test before, which end soon
    try (Keepalive keepalive = Keepalive.create()) {
      for (int i = 0; i < 2 * AsyncAdapters.THREADS; i++) {
        Registrar registrar =
            Registrar.builder(hung, REGISTRATION)
                .keepalive(keepalive)
                .timeout(Duration.ofMillis(200))
                .build();
        var unused = registrar.startInBackground();
        waiting.add(registrar);
      }
      try (Registrar registrar =
          Registrar.builder(well, REGISTRATION).keepalive(keepalive).build()) {
        registrar.start();
        assertThat(registrar.state()).isEqualTo(RegistrarState.REGISTERED);
      }
      assertThat(waiting)
          .allSatisfy(r -> assertThat(r.state()).isEqualTo(RegistrarState.REGISTERING));
      assertThat(hung.calls).hasSizeLessThanOrEqualTo(AsyncAdapters.THREADS);
      Set<Thread> threads = callThreads();
      threads.removeAll(ofOthers);
      assertThat(threads).hasSizeLessThanOrEqualTo(AsyncAdapters.THREADS + 1);
    } // whose end does not wait for the hung one beyond the timeout
  }

  @Test
  void workBeyondTheThreadsWaitsAndIsDone() throws InterruptedException {
    BoundedThreadPool pool = new BoundedThreadPool("rollcall-test", 2);
    CountDownLatch done = new CountDownLatch(100);
    for (int i = 0; i < 100; i++) {
      pool.execute(
          () -> {
            await();
            done.countDown();
          });
    }
    assertThat(pool.getPoolSize()).isEqualTo(2);
    gate.countDown();
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    pool.shutdown();
    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> pool.execute(() -> {}));
  }

  @Test
  void whereNoMoreThreadsCanBeHadWorkWaitsForThoseThatThereAre() throws InterruptedException {
    BoundedThreadPool pool = new BoundedThreadPool("rollcall-test", 8);
    CountDownLatch done = new CountDownLatch(100);
    pool.execute(this::await);
    pool.setThreadFactory(
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    for (int i = 0; i < 100; i++) {
      pool.execute(done::countDown);
    }
    gate.countDown();

    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    pool.shutdown();
  }

  @Test
  void aRegistryThatNobodyUsesAnyMoreHasNoThreads() throws InterruptedException {
    try (Keepalive keepalive = Keepalive.create()) {
      StubRegistry registry = new StubRegistry();
      Thread[] caller = new Thread[1];
      registry.beforeRegister = () -> caller[0] = Thread.currentThread();
      Registrar first = Registrar.builder(registry, REGISTRATION).keepalive(keepalive).build();
      Registrar second = Registrar.builder(registry, REGISTRATION).keepalive(keepalive).build();
      first.start();
      Thread thread = caller[0];
      second.start();
      first.close();
      assertThat(thread.isAlive()).isTrue();
      second.close();
      thread.join(30_000);

      assertThat(thread.isAlive()).isFalse();
    }
  }
}
