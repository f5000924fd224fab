package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
}
