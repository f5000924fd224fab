package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rollcall.Fence;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.store.valkey.pipeline.AsyncOperation;
import dev.rollcall.store.valkey.topology.Topology;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of records while the server does not answer, or cannot be asked. */
class RefusalRecorderTest {
  private final List<AsyncOperation<?>> submitted = new ArrayList<>();
  private Throwable failure;

  private final Topology topology =
      (Topology)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Topology.class},
              (proxy, method, arguments) -> {
                if (!method.getName().equals("submit")) {
                  throw new AssertionError("a refused call waits for " + method);
                }
                if (failure != null) {
                  throw failure;
                }
                submitted.add((AsyncOperation<?>) arguments[2]);
                return null;
              });

  private final RefusalRecorder recorder = recorder(Duration.ofDays(1));

  private RefusalRecorder recorder(Duration keepHistory) {
    Keys keys = new Keys("service:");
    CommandRouter router =
        new CommandRouter(topology, keys, Duration.ofMinutes(1), new ListMemory(1));
    return new RefusalRecorder(router, new ValkeyHistory(keys, keepHistory), () -> 0);
  }

  private void refused(int ids, String prefix) {
    for (int i = 0; i < ids; i++) {
      recorder.refused(prefix + i, ServiceEvent.Call.PING, Fence.of("x"), null);
    }
  }

  @Test
  void recordsThatHangAreBoundedAndHoldUpNoCall() {
    refused(1_000, "a");
    assertThat(submitted).hasSize(100);

    List.copyOf(submitted).forEach(AsyncOperation::timeOut);
    refused(1_000, "b");
    assertThat(submitted).hasSize(200);
    List.copyOf(submitted).forEach(operation -> operation.end(() -> null));
    refused(10, "c");
    refused(10, "c"); // within ten seconds
    assertThat(submitted).hasSize(210);
  }

  @Test
  void whatCannotBeRecordedFailsNoCallAndTakesNoPlace() {
    for (Throwable thrown : List.of(new IllegalStateException(), new OutOfMemoryError("test"))) {
      failure = thrown;
      // JUnit would end its JVM at the Error itself.
      assertThatCode(() -> refused(500, thrown.getClass().getSimpleName()))
          .doesNotThrowAnyException();
    }
    failure = null;
    refused(100, "a");
    assertThat(submitted).hasSize(100);
  }

  @Test
  void withoutAHistoryNothingIsRecorded() {
    recorder(Duration.ZERO).refused("a", ServiceEvent.Call.PING, Fence.of("x"), null);
    assertThat(submitted).isEmpty();
  }
}
