package dev.rollcall.store.valkey.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class VirtualThreadsTest {
  @Test
  void aThreadOfThePlatformIsNone() {
    assertThat(VirtualThreads.isCurrent()).isFalse();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "has no virtual threads before")
  void aVirtualThreadIsOne() throws Exception {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Executor virtual =
        task -> {
          try {
            Class.forName("java.lang.Thread$Builder")
                .getMethod("start", Runnable.class)
                .invoke(builder, task);
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
          }
        };

    assertThat(CompletableFuture.supplyAsync(VirtualThreads::isCurrent, virtual).get()).isTrue();
  }
}
