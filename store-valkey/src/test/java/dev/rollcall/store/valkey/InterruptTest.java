package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An interrupted thread calls the store, alone or while others' calls go with its own. */
@Timeout(60)
class InterruptTest {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static final int CALLERS = 4;
  private static final int CALLS = 1_000;

  @Test
  void aThreadThatIsInterruptedIsSoAfterItsCallHoweverThatEnds() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try (TtlStore store = TtlStore.open(VALKEY.uri() + ValkeyExtension.PATIENT)) {
      ServiceRegistry.over(store).register(Registration.builder("http://h").id("a").build());
      List<Future<Integer>> lost = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        lost.add(threads.submit(() -> callInterrupted(store)));
      }
      for (Future<Integer> each : lost) {
        assertThat(each.get()).isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Returns after how many calls the thread was no longer interrupted. */
  private static int callInterrupted(TtlStore store) {
    int lost = 0;
    for (int i = 0; i < CALLS; i++) {
      Thread.currentThread().interrupt();
      try {
        var unused = store.renew("a", Fence.none());
      } catch (StoreUnavailableException e) {
        // It may be told that it was interrupted while it waited.
      }
      lost += Thread.interrupted() ? 0 : 1;
    }
    return lost;
  }
}
