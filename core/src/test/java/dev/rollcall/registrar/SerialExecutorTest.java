package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
  private final List<String> made = new ArrayList<>();
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
  void whatCannotBeMadeForWantOfAThreadIsMadeBeforeTheNext() {
    noThread = true;
    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(() -> executor.announce(() -> made.add("first")));
    noThread = false;
    executor.announce(() -> made.add("second"));

    assertThat(made).containsExactly("first", "second");
  }

  @Test
  void whatIsAnnouncedByAnAnnouncementFollowsIt() {
    executor.announce(
        () -> {
          executor.announce(() -> made.add("second"));
          made.add("first");
        });

    assertThat(made).containsExactly("first", "second");
  }

  @Test
  void anErrorOfOneKeepsNoOtherFromBeingMade() {
    executor.announce(
        () -> {
          executor.announce(() -> made.add("second"));
          throw new StackOverflowError("of the test");
        });

    assertThat(made).containsExactly("second");
  }
}
