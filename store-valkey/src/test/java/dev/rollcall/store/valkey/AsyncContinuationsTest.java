package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.Renewal;
import dev.rollcall.store.valkey.harness.Renewals;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What callers have done when their answers come, which is a stranger's code on a thread of the
 * store. It must not run on the thread of the test: so the server is held until it is attached, and
 * nobody joins the future that has it, since whoever joins may run it.
 */
@Timeout(60)
class AsyncContinuationsTest {
  /** So few leave in one pipeline; one thread completes them all, unless it is held up. */
  private static final int FEW = 10;

  /** More than leave in one pipeline, and more than one call of a script names. */
  private static final int MANY = 300;

  private final ValkeyProcess valkey = ValkeyProcess.start();
  private final TtlStore store = TtlStore.open(valkey.uri() + "?timeout-ms=30000");
  private final ServiceRegistry registry = ServiceRegistry.over(store);

  @BeforeEach
  void registerMany() {
    for (int i = 0; i < MANY; i++) {
      registry.register(Registration.builder("http://h").id("a" + i).build());
    }
  }

  @AfterEach
  void close() {
    store.close();
    valkey.close();
  }

  /** Asks for renewals, has something done after the first ones, and waits for the last ones. */
  private void assertAllAreRenewed(int count, int after, Runnable continuation, int waitedFrom) {
    List<Renewal> renewals = Renewals.many(count);
    valkey.suspend();
    Renewals.start(store, renewals);
    List<CompletableFuture<Optional<Lease>>> answers =
        renewals.stream().map(each -> each.answer().copy()).toList();
    for (Renewal each : renewals.subList(0, after)) {
      var unused = each.answer().thenRun(continuation);
    }
    valkey.resume();

    assertThat(answers.subList(waitedFrom, count))
        .allSatisfy(answer -> assertThat(answer.join()).isPresent());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aContinuationThatBlocksHoldsUpNoOther() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try {
      for (int round = 0; round < 3; round++) {
        assertAllAreRenewed(FEW, 1, () -> awaitUninterruptibly(release), 1);
        assertAllAreRenewed(MANY, 1, () -> awaitUninterruptibly(release), 1);
      }
      var ping = CompletableFuture.runAsync(() -> assertThat(registry.ping("a0")).isPresent());
      ping.get();
    } finally {
      release.countDown();
    }
  }

  @Test
  void anErrorOrAnInterruptOfAContinuationHarmsNoOther() {
    for (int round = 0; round < 20; round++) {
      assertAllAreRenewed(
          MANY,
          MANY,
          () -> {
            Thread.currentThread().interrupt();
            throw new StackOverflowError("a test's own");
          },
          0);
    }
  }
}
