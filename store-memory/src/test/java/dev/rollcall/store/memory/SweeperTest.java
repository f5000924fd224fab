package dev.rollcall.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SweeperTest {

  @Test
  void aSweepThatFailsDoesNotEndTheSchedule() throws InterruptedException {
    CountDownLatch sweeps = new CountDownLatch(3);
    Runnable sweep =
        () -> {
          sweeps.countDown();
          throw new IllegalStateException("of the test");
        };

    try (Sweeper sweeper = Sweeper.start(null, sweep, 1)) {
      assertThat(sweeper).isNotNull();
      assertThat(sweeps.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void itsOwnThreadIsANamedDaemonThatEndsOnClose() throws InterruptedException {
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    Sweeper sweeper = Sweeper.start(null, () -> threads.add(Thread.currentThread()), 1);
    Thread thread = threads.poll(30, TimeUnit.SECONDS);

    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getName()).isEqualTo("rollcall-memory-sweep");
    sweeper.close();
    thread.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void aGivenExecutorIsUsedAndLeftRunning() {
    ScheduledExecutorService executor = mock(ScheduledExecutorService.class);
    ScheduledFuture<?> schedule = mock(ScheduledFuture.class);
    doReturn(schedule).when(executor).scheduleWithFixedDelay(any(), anyLong(), anyLong(), any());

    Sweeper.start(executor, () -> {}, 5).close();

    verify(schedule).cancel(false);
    verify(executor, never()).shutdown();
    verify(executor, never()).shutdownNow();
  }
}
