package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchdogTest {
  @Test
  void itLooksUntilAllGoesOnAgain() throws InterruptedException {
    CountDownLatch failures = new CountDownLatch(3);
    CountDownLatch recovered = new CountDownLatch(1);
    Watchdog[] watchdog = new Watchdog[1];
    watchdog[0] =
        new Watchdog(
            () -> {
              if (failures.getCount() > 0) {
                failures.countDown();
                watchdog[0].alarm();
                throw new OutOfMemoryError("of the test");
              }
              recovered.countDown();
            });
    watchdog[0].alarm();

    assertThat(recovered.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anAlarmThatIsRaisedWithinACheckIsNotLost() throws InterruptedException {
    CountDownLatch recoveries = new CountDownLatch(2);
    AtomicBoolean hasThread = new AtomicBoolean();
    Watchdog[] watchdog = new Watchdog[1];
    watchdog[0] =
        new Watchdog(
            () -> {
              if (recoveries.getCount() == 2) {
                watchdog[0].alarm();
              }
              recoveries.countDown();
            },
            task -> {
              if (!hasThread.getAndSet(true)) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return BoundedThreadPool.daemon(task, "a test's watchdog");
            });
    watchdog[0].alarm();
    assertThat(recoveries.getCount()).isEqualTo(2);

    watchdog[0].check();

    assertThat(recoveries.await(30, TimeUnit.SECONDS)).isTrue();
  }
}
