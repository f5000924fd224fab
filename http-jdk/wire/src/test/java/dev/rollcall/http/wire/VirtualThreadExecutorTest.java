package dev.rollcall.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class VirtualThreadExecutorTest {
  private static final int VIRTUAL_SINCE = 21;

  @Test
  void thereIsOneFromJava21OnAndItsThreadsAreDaemons()
      throws ExecutionException, InterruptedException {
    Optional<ExecutorService> executor = VirtualThreadExecutor.create();
    assertThat(executor.isPresent()).isEqualTo(Runtime.version().feature() >= VIRTUAL_SINCE);
    if (executor.isPresent()) {
      Future<Boolean> daemon = executor.get().submit(() -> Thread.currentThread().isDaemon());
      assertThat(daemon.get()).isTrue();
      executor.get().shutdown();
    }
  }
}
