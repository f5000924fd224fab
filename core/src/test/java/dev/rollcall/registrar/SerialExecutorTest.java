package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
  private final List<String> ran = new ArrayList<>();
  private boolean noThread;

  private final SerialExecutor executor =
      new SerialExecutor(
          task -> {
            if (noThread) {
              throw new OutOfMemoryError("unable to create native thread");
            }
            task.run();
          });

  @Test
  void aTaskThatGotNoThreadRunsBeforeTheNext() {
    noThread = true;
    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(() -> executor.execute(() -> ran.add("first")));
    noThread = false;
    executor.execute(() -> ran.add("second"));

    assertThat(ran).containsExactly("first", "second");
  }

  @Test
  void aTaskThatATaskAddsRunsAfterIt() {
    executor.execute(
        () -> {
          executor.execute(() -> ran.add("second"));
          ran.add("first");
        });

    assertThat(ran).containsExactly("first", "second");
  }

  @Test
  void anErrorInOneTaskDoesNotKeepTheNextFromRunning() {
    executor.execute(
        () -> {
          executor.execute(() -> ran.add("second"));
          throw new StackOverflowError("of the test");
        });

    assertThat(ran).containsExactly("second");
  }
}
