package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is logged of a server whose memory is full. */
class FullServerTest {
  private final AtomicLong now = new AtomicLong();
  private final StringBuilder lines = new StringBuilder();
  private final FullServer full = new FullServer(now::get, line -> lines.append(line).append(';'));

  private void elapse(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void anEpisodeIsOneLineHoweverOftenSomeAreStoredBetweenRefusals() {
    full.stored();
    for (int i = 0; i < 100; i++) {
      full.refused("full");
      elapse(Duration.ofSeconds(30));
      full.stored();
    }

    assertThat(lines).hasToString("full;");
  }

  @Test
  void itIsOverOnceOneWasStoredAMinuteAfterTheLastRefusal() {
    full.refused("full");
    elapse(Duration.ofMinutes(1));
    full.stored();
    full.stored();
    full.refused("full again");

    assertThat(lines).hasToString("full;" + FullServer.ENDED + ";full again;");
  }
}
