package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private final List<String> made = new ArrayList<>();
  private boolean noThread;

  private final Announcer announcer =
      new Announcer(
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
        .isThrownBy(() -> announcer.announce(() -> made.add("first")));
    noThread = false;
    announcer.announce(() -> made.add("second"));

    assertThat(made).containsExactly("first", "second");
  }

  @Test
  void whatIsAnnouncedByAnAnnouncementFollowsIt() {
    announcer.announce(
        () -> {
          announcer.announce(() -> made.add("second"));
          made.add("first");
        });

    assertThat(made).containsExactly("first", "second");
  }

  @Test
  void anErrorOfOneKeepsNoOtherFromBeingMade() {
    announcer.announce(
        () -> {
          announcer.announce(() -> made.add("second"));
          throw new StackOverflowError("of the test");
        });

    assertThat(made).containsExactly("second");
  }
}
