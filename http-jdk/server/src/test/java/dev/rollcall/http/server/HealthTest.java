package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.RejectedException;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.http.server.harness.RawHttp;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ScriptedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HealthTest {
  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final AtomicLong now = new AtomicLong();
  private final RegistryHttpServer server =
      RegistryHttpServer.builder(RegistryEndpoints.builder(registry).nanoTime(now::get).build())
          .start();
  private final Wire wire = new Wire(server.address());

  @AfterEach
  void close() {
    server.close();
  }

  private void elapse() {
    now.addAndGet(Duration.ofSeconds(1).toNanos());
  }

  private void assertSays(String path, int status, String text) {
    Answer answer = wire.get(path);
    assertThat(answer.status()).as(path).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.text()).isEqualTo("{\"status\":\"" + text + "\"}");
  }

  @Test
  void aStoreThatAnswersIsHealthyAndReady() {
    assertSays("/health", 200, "healthy");
    assertSays("/health/live", 200, "live");
    assertSays("/health/ready", 200, "ready");
  }

  @Test
  void aStoreThatCannotBeReachedIsUnhealthyAndNotReadyUntilItAnswersAgain() {
    for (RuntimeException failure :
        new RuntimeException[] {
          new StoreUnavailableException("valkey at secret-host:6379", null, null),
          new RegistryUnavailableException("upstream", null, null)
        }) {
      registry.failWith(failure);
      elapse();
      assertSays("/health", 503, "unhealthy");
      assertSays("/health/ready", 503, "store-unavailable");
      assertSays("/health/live", 200, "live");
    }
    registry.onEachCall(() -> {});
    elapse();
    assertSays("/health", 200, "healthy");
    assertSays("/health/ready", 200, "ready");
  }

  @Test
  void aRegistryThatRefusesPingsIsReachedIfItCanBeRead() {
    for (RejectedException refusal :
        List.of(new AccessDeniedException("403", null), new RejectedException("no", null))) {
      var calls = new AtomicInteger();
      registry.onEachCall(
          () -> {
            if (calls.incrementAndGet() == 1) {
              throw refusal;
            }
          });
      elapse();
      assertSays("/health", 200, "healthy");
      assertSays("/health/ready", 200, "ready");
      assertThat(calls).hasValue(2);

      registry.failWith(refusal);
      elapse();
      assertSays("/health", 503, "unhealthy");
    }
  }

  @Test
  void howeverOftenItIsLookedAtTheStoreIsAskedTwiceASecond() {
    var calls = new AtomicInteger();
    registry.onEachCall(calls::incrementAndGet);
    for (int i = 0; i < 20; i++) {
      assertSays("/health", 200, "healthy");
      assertSays("/health/ready", 200, "ready");
    }
    assertThat(calls).hasValue(1);

    now.addAndGet(Duration.ofMillis(500).toNanos());
    assertSays("/health/ready", 200, "ready");
    assertThat(calls).hasValue(2);
  }

  @Test
  void behindAStoreThatHangsOneWaitsAndTheOthersSeeItWithinRealSeconds() throws IOException {
    var entered = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    registry.onEachCall(
        () -> {
          entered.countDown();
          awaitQuietly(release);
        });
    try (var hanging = new RawHttp(server.address())) {
      hanging.send("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
      awaitQuietly(entered);

      assertSays("/health/live", 200, "live");
      assertSays("/health/ready", 503, "store-unavailable");
      assertSays("/health", 503, "unhealthy");
      release.countDown();
      assertThat(hanging.read(false).status()).isEqualTo(200);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
