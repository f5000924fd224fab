package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InFlightTest {
  private final CountDownLatch entered = new CountDownLatch(1);

  @Test
  void aRequestThatIsJustEndingIsWaitedFor() throws Exception {
    Thread asker = Thread.currentThread();
    InFlight inFlight =
        new InFlight(
            exchange -> {
              entered.countDown();
              while (asker.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
              }
            });
    CompletableFuture<Void> request = start(inFlight);
    while (entered.getCount() > 0) {
      Thread.onSpinWait(); // not await(), in which the asker would seem to ask already
    }

    assertThat(inFlight.isZero()).isTrue();
    request.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aRequestThatRunsOnIsNotWaitedForLong() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    InFlight inFlight =
        new InFlight(
            exchange -> {
              entered.countDown();
              awaitUninterrupted(release);
            });
    CompletableFuture<Void> request = start(inFlight);
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

    assertThat(inFlight.isZero()).isFalse();
    release.countDown();
    request.get(10, TimeUnit.SECONDS);
    assertThat(inFlight.isZero()).isTrue();
  }

  private static CompletableFuture<Void> start(InFlight inFlight) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            inFlight.handle(null);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
