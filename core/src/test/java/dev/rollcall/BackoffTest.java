package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final Duration CAP = Duration.ofSeconds(10);

  @Test
  void theBoundDoublesUpToTheCapAndStartsOver() {
    Backoff backoff = new Backoff(FIRST, CAP, () -> 0L); // always a tenth of the bound

    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(200));
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(400));
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(800));
    for (int i = 0; i < 100; i++) {
      assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(1));
    }
    backoff.reset();
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void aDelayLiesBetweenATenthOfTheBoundAndTheBound() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      assertThat(Backoff.spread(CAP, random)).isBetween(CAP.dividedBy(10), CAP);
    }
  }
}
