package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WrittenIdsTest {
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final WrittenIds written = new WrittenIds(told::add);

  @AfterEach
  void stop() {
    written.stop();
  }

  private String next() throws InterruptedException {
    return told.poll(30, TimeUnit.SECONDS);
  }

  @Test
  void idsThatAreWrittenTogetherAreToldOnceEach() throws InterruptedException {
    for (String id : List.of("a", "b", "a", "a")) {
      written.add(id);
    }
    written.start();

    assertThat(next()).isEqualTo("a");
    assertThat(next()).isEqualTo("b");
    written.add("c");
    assertThat(next()).isEqualTo("c");
  }

  @Test
  void ofManyIdsAtOnceTheFirst500AreTold() throws InterruptedException {
    for (int i = 0; i < 10_000; i++) {
      written.add("s" + i);
    }
    written.start();
    for (int i = 0; i < 500; i++) {
      assertThat(next()).isEqualTo("s" + i);
    }
    written.add("late");

    assertThat(next()).isEqualTo("late");
  }

  @Test
  void aListenerThatThrowsIsToldTheNext() throws InterruptedException {
    WrittenIds failing =
        new WrittenIds(
            id -> {
              told.add(id);
              throw new AssertionError("thrown by the test");
            });
    failing.start();
    try {
      failing.add("a");
      assertThat(next()).isEqualTo("a");
      failing.add("b");
      assertThat(next()).isEqualTo("b");
    } finally {
      failing.stop();
    }
  }
}
