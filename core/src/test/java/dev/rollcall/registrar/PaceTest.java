package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Ttl;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Duration TEN = Duration.ofSeconds(10);

  @Test
  void withTheDefaultsAPingGetsFiveSeconds() {
    Pace pace = Pace.of(TEN, TEN, Duration.ofSeconds(30));

    assertThat(pace.intervalNanos()).isEqualTo(TEN.toNanos());
    assertThat(pace.timeoutNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void whatIsSafeIsLeftAsItIs() {
    Pace pace = Pace.of(TEN, TEN, Duration.ofSeconds(90));

    assertThat(pace.intervalNanos()).isEqualTo(TEN.toNanos());
    assertThat(pace.timeoutNanos()).isEqualTo(TEN.toNanos());
  }

  @Test
  void anIntervalLeavesTwoMoreInTheLease() {
    assertThat(Pace.of(TEN, TEN, Duration.ofSeconds(15)).intervalNanos())
        .isEqualTo(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void afterAPingThatHangsTwoMoreTriesFitIntoTheLease() {
    Random random = new Random(4);
    for (int round = 0; round < 10_000; round++) {
      long ttl = random.nextLong(1_000, 86_400_000) * 1_000_000;
      Pace pace =
          Pace.of(
              Duration.ofMillis(random.nextLong(1, 86_400_000)),
              Duration.ofMillis(random.nextLong(1, 3_600_000)),
              Duration.ofNanos(ttl));
      long end = pace.intervalNanos();
      for (int failures = 1; failures <= 2; failures++) {
        end += pace.timeoutNanos();
        end += Backoff.nanos(failures, pace.firstRetryNanos(), pace.longestRetryNanos(), () -> -1L);
      }
      end += pace.timeoutNanos();

      assertThat(end).as("%s of %d", pace, ttl).isLessThan(ttl);
    }
  }

  @Test
  void aTtlOfNextToNothingIsTakenForASecondAndOneForEverForADay() {
    assertThat(Pace.of(TEN, TEN, Duration.ofMillis(1))).isEqualTo(Pace.of(TEN, TEN, Ttl.MIN));
    assertThat(Pace.of(TEN, TEN, Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(Pace.of(TEN, TEN, Ttl.MAX));
  }
}
