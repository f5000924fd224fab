package dev.rollcall.store.memory;

import static dev.rollcall.contract.StoreFixture.aClaim;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an Error in a sweep leaves behind. */
class ExpiryWheelTest {
  private static final int ENTRIES = 10;
  private static final long END = Duration.ofSeconds(5).toNanos();

  @ParameterizedTest
  @ValueSource(ints = {1, 5, ENTRIES})
  void anErrorInTheMidstOfABucketLosesNoEntry(int failing) {
    Set<Entry> out = new HashSet<>();
    int[] calls = {0};
    ExpiryWheel wheel =
        new ExpiryWheel(
            0,
            (entry, now) -> {
              calls[0]++;
              if (calls[0] == failing) {
                throw new OutOfMemoryError("of the test");
              }
              assertThat(out.add(entry)).isTrue();
              entry.release();
            });
    for (int i = 0; i < ENTRIES; i++) {
      wheel.add(Entry.of(aClaim("s" + i, Duration.ofSeconds(1)), 0, 0), END, 0);
    }

    assertThatThrownBy(() -> wheel.sweep(END)).isInstanceOf(OutOfMemoryError.class);
    assertThat(out).hasSize(failing - 1);
    assertThat(wheel.size()).isEqualTo(ENTRIES - failing + 1);
    wheel.sweep(END);

    assertThat(out).hasSize(ENTRIES);
    assertThat(wheel.size()).isZero();
  }
}
