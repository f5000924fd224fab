package dev.rollcall.store.valkey.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The thread that reads the slots of a cluster. */
class RefresherTest {
  @Test
  void whileItsThreadEndsOneTaskTheNextWaitsAndItsCallerDoesNot() throws Exception {
    ExecutorService refresher = ClusterSlots.newRefresher();
    CountDownLatch ended = new CountDownLatch(1);
    CompletableFuture<Thread> second = new CompletableFuture<>();
    try {
      refresher.execute(
          () -> {
            try {
              ended.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      refresher.execute(() -> second.complete(Thread.currentThread()));
      assertThat(second).isNotDone();
      ended.countDown();

      assertThat(second.get(20, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
    } finally {
      refresher.shutdownNow();
    }
  }
}
