package dev.rollcall.http.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ManualExecutor;
import dev.rollcall.http.server.harness.ListLogger;
import dev.rollcall.http.server.log.BreakdownLog;
import dev.rollcall.http.server.memory.SlowClientMonitor;
import dev.rollcall.http.server.memory.SlowClientMonitor.Transfer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which clients are cut off where all threads that may write seem to be held. */
@Timeout(60)
class StreamWritersTest {
  private static final int MAX_THREADS = 64;
  private static final Duration LOOK = Duration.ofMillis(25);

  private final ManualClock clock = new ManualClock();
  private final ManualExecutor timer = new ManualExecutor(clock);
  private final SlowClientMonitor slowClients = new SlowClientMonitor(1 << 16, clock);
  private final ListLogger log = new ListLogger();
  private final StreamWriters writers =
      new StreamWriters(timer, slowClients, new BreakdownLog(log, clock), clock);
  private final Semaphore begun = new Semaphore(0);
  private final CountDownLatch taken = new CountDownLatch(1);
  private final Semaphore cutOff = new Semaphore(0);

  @AfterEach
  void endThreads() {
    taken.countDown();
    writers.close();
  }

  @Test
  void whereNoWriteEndsThoseWhoTakeNothingAreCutOff() throws InterruptedException {
    hold(MAX_THREADS);
    CountDownLatch written = new CountDownLatch(1);
    writers.run(written::countDown); // It waits for a thread.
    timer.elapse(Duration.ofSeconds(1));
    cutOff.acquire(MAX_THREADS - 1); // The last one may have had too little time.
    written.await();
  }

  @Test
  void whatASubscriberThrowsEndsNoThread() throws InterruptedException {
    var thread = new AtomicReference<Thread>();
    var uncaught = new AtomicReference<Throwable>();
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch written = new CountDownLatch(1);
    writers.run(
        () -> {
          thread.set(Thread.currentThread());
          started.countDown();
          Thread.currentThread().setUncaughtExceptionHandler((its, e) -> uncaught.set(e));
          throw new OutOfMemoryError("a test's own");
        });
    writers.run(written::countDown);
    started.await();
    written.await();
    writers.close();
    thread.get().join();

    assertThat(uncaught).hasNullValue();
    assertThat(log.lines()).singleElement().asString().startsWith("ERROR request.broke_down");
  }

  @Test
  void whereWritesEndNobodyIsCutOff() throws InterruptedException {
    hold(MAX_THREADS - 1);
    timer.elapse(LOOK); // Which adds the last thread.
    for (int look = 0; look < 40; look++) {
      CountDownLatch written = new CountDownLatch(1);
      writers.run(written::countDown);
      written.await();
      timer.elapse(LOOK);
    }
    assertThat(cutOff.availablePermits()).isZero();
  }

  @Test
  void aPauseOfTheJvmIsNoReasonToCutOff() throws InterruptedException {
    hold(MAX_THREADS);
    writers.run(() -> {});
    clock.advance(Duration.ofSeconds(5));
    timer.elapse(LOOK);
    assertThat(cutOff.availablePermits()).isZero();
  }

  /** Has so many threads write what no client takes. */
  private void hold(int threads) throws InterruptedException {
    for (int i = 0; i < threads; i++) {
      writers.run(this::writeWhatNobodyTakes);
    }
    for (int i = 0; i < threads; i++) {
      while (!begun.tryAcquire(100, TimeUnit.MILLISECONDS)) {
        timer.elapse(LOOK); // The threads that there are seem to be held, so there are more.
      }
    }
  }

  private void writeWhatNobodyTakes() {
    try (Transfer transfer = slowClients.ofResponse()) {
      begun.release();
      taken.await();
      transfer.moved(1);
    } catch (InterruptedException e) {
      cutOff.release();
    }
  }
}
