package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeepaliveTimerTest {
  private final AtomicBoolean dies = new AtomicBoolean();
  private final AtomicInteger failingStarts = new AtomicInteger();
  private final KeepaliveTimer timer =
      new KeepaliveTimer() {
        @Override
        Thread newThread(Runnable worker) {
          if (failingStarts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          Thread thread = super.newThread(worker);
          thread.setUncaughtExceptionHandler((dead, error) -> {});
          return thread;
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable task) {
          if (dies.getAndSet(false)) {
            failingStarts.set(3);
            throw new OutOfMemoryError("of the test");
          }
        }
      };

  @AfterEach
  void shutDown() {
    timer.shutdownNow();
  }

  @Test
  void whatIsDueRunsThoughTheThreadDiedAndHadNoSuccessorAtFirst() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    CountDownLatch replaced = new CountDownLatch(1);
    timer.whenReplaced(replaced::countDown);
    timer.submit(() -> dieBefore(ran::countDown)).get(30, TimeUnit.SECONDS);

    assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(replaced.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(failingStarts).hasValue(0);
  }

  /** Runs on the timer's thread, which its next task ends. */
  private void dieBefore(Runnable task) {
    var unused = timer.schedule(task, 300, TimeUnit.MILLISECONDS);
    dies.set(true);
    timer.execute(() -> {});
  }

  @Test
  void aTimerThatIsShutDownEndsItsThread() throws Exception {
    var thread = new Thread[1];
    timer.submit(() -> thread[0] = Thread.currentThread()).get(30, TimeUnit.SECONDS);
    timer.shutdownNow();

    assertThat(timer.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    thread[0].join();
    assertThat(timer.getPoolSize()).isZero();
  }

  @Test
  void itsThreadIsKnown() throws Exception {
    assertThat(timer.submit(KeepaliveTimer::isOnItsThread).get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(KeepaliveTimer.isOnItsThread()).isFalse();
  }
}
