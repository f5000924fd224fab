package dev.rollcall.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SweeperTest {
  private static final long MILLI = 1_000_000;

  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("of the test"),
        new OutOfMemoryError("of the test"),
        new StackOverflowError("of the test"),
        new NoClassDefFoundError("of the test"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aSweepThatFailsDoesNotEndTheSchedule(Throwable failure) throws InterruptedException {
    CountDownLatch sweeps = new CountDownLatch(3);
    Runnable sweep =
        () -> {
          sweeps.countDown();
          throwUnchecked(failure);
        };

    try (Sweeper sweeper = Sweeper.start(null, sweep, MILLI)) {
      assertThat(sweeper).isNotNull();
      assertThat(sweeps.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("failures")
  void norDoesItOnAGivenExecutor(Throwable failure) {
    ManualExecutor executor = new ManualExecutor(new ManualClock());
    int[] sweeps = {0};
    Runnable sweep =
        () -> {
          sweeps[0]++;
          throwUnchecked(failure);
        };

    try (Sweeper sweeper = Sweeper.start(executor, sweep, 1)) {
      assertThat(sweeper).isNotNull();
      executor.elapse(Duration.ofNanos(3));
    }
    assertThat(sweeps[0]).isEqualTo(3);
  }

  private static void throwUnchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }

  @Test
  void aLogCallThatFailsDoesNotEndTheScheduleEither() throws InterruptedException {
    CountDownLatch sweeps = new CountDownLatch(3);
    Runnable sweep =
        () -> {
          sweeps.countDown();
          throw new UnprintableException();
        };

    try (Sweeper sweeper = Sweeper.start(null, sweep, MILLI)) {
      assertThat(sweeper).isNotNull();
      assertThat(sweeps.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Makes the logger throw an Error. */
  private static final class UnprintableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new OutOfMemoryError("of the test");
    }
  }

  @Test
  void anInterruptNeitherEndsItsThreadNorStays() throws InterruptedException {
    BlockingQueue<Boolean> interrupted = new LinkedBlockingQueue<>();
    Runnable sweep =
        () -> {
          interrupted.add(Thread.currentThread().isInterrupted());
          Thread.currentThread().interrupt();
        };

    try (Sweeper sweeper = Sweeper.start(null, sweep, MILLI)) {
      assertThat(sweeper).isNotNull();
      for (int i = 0; i < 3; i++) {
        assertThat(interrupted.poll(30, TimeUnit.SECONDS)).isFalse();
      }
    }
  }

  @Test
  void anExecutorThatTakesNoTaskFailsTheBuild() {
    ManualExecutor executor = new ManualExecutor(new ManualClock());
    executor.shutdown();
    MemoryTtlStore.Builder builder = MemoryTtlStore.builder().executor(executor);

    assertThatThrownBy(builder::build).isInstanceOf(RejectedExecutionException.class);
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
