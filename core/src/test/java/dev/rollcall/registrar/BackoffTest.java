package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final long FIRST = Duration.ofSeconds(2).toNanos();
  private static final long CAP = Duration.ofSeconds(10).toNanos();
  private static final RandomGenerator SHORTEST = () -> 0L;
  private static final RandomGenerator LONGEST = () -> -1L;

  private static Duration delay(int failures) {
    return Duration.ofNanos(Backoff.nanos(failures, FIRST, CAP, SHORTEST));
  }

  @Test
  void theBoundDoublesUpToTheCap() {
    assertThat(delay(1)).isEqualTo(Duration.ofMillis(200)); // always a tenth of the bound
    assertThat(delay(2)).isEqualTo(Duration.ofMillis(400));
    assertThat(delay(3)).isEqualTo(Duration.ofMillis(800));
    for (int failures : new int[] {4, 5, 62, 63, 64, 100, Integer.MAX_VALUE}) {
      assertThat(delay(failures)).isEqualTo(Duration.ofSeconds(1));
    }
  }

  @Test
  void aDelayLiesBetweenATenthOfTheBoundAndTheBound() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      assertThat(Backoff.jittered(CAP, random)).isBetween(CAP / 10, CAP);
    }
  }

  @Test
  void aRetryAfterIsWaitedForUpToTheBoundAndAQuarterMore() {
    Duration asked = Duration.ofSeconds(4);
    assertThat(Backoff.retryAfter(asked, CAP, SHORTEST)).isEqualTo(asked.toNanos());
    assertThat(Backoff.retryAfter(asked, CAP, LONGEST))
        .isBetween(asked.toNanos(), asked.multipliedBy(5).dividedBy(4).toNanos());
    assertThat(Backoff.retryAfter(Duration.ofSeconds(Long.MAX_VALUE), CAP, SHORTEST))
        .isEqualTo(CAP);
    for (Duration nothing : new Duration[] {Duration.ZERO, Duration.ofSeconds(Long.MIN_VALUE)}) {
      assertThat(Backoff.retryAfter(nothing, CAP, SHORTEST))
          .isEqualTo(Duration.ofMillis(100).toNanos());
      assertThat(Backoff.retryAfter(nothing, 1, SHORTEST)).isEqualTo(1);
    }
  }
}
