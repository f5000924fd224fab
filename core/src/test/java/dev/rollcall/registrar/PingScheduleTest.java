package dev.rollcall.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Ttl;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PingScheduleTest {
  private static final Duration TEN = Duration.ofSeconds(10);

  @Test
  void withTheDefaultsAPingGetsFiveSeconds() {
    PingSchedule pingSchedule = PingSchedule.of(TEN, TEN, Duration.ofSeconds(30));

    assertThat(pingSchedule.intervalNanos()).isEqualTo(TEN.toNanos());
    assertThat(pingSchedule.timeoutNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void whatIsSafeIsLeftAsItIs() {
    PingSchedule pingSchedule = PingSchedule.of(TEN, TEN, Duration.ofSeconds(90));

    assertThat(pingSchedule.intervalNanos()).isEqualTo(TEN.toNanos());
    assertThat(pingSchedule.timeoutNanos()).isEqualTo(TEN.toNanos());
  }

  @Test
  void anIntervalLeavesTwoMoreInTheLease() {
    assertThat(PingSchedule.of(TEN, TEN, Duration.ofSeconds(15)).intervalNanos())
        .isEqualTo(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void afterAPingThatHangsTwoMoreTriesFitIntoTheLease() {
    Random random = new Random(4);
    for (int round = 0; round < 10_000; round++) {
      long ttl = random.nextLong(1_000, 86_400_000) * 1_000_000;
      PingSchedule pingSchedule =
          PingSchedule.of(
              Duration.ofMillis(random.nextLong(1, 86_400_000)),
              Duration.ofMillis(random.nextLong(1, 3_600_000)),
              Duration.ofNanos(ttl));
      long end = pingSchedule.intervalNanos();
      for (int failures = 1; failures <= 2; failures++) {
        end += pingSchedule.timeoutNanos();
        end +=
            Backoff.nanos(
                failures,
                pingSchedule.firstRetryNanos(),
                pingSchedule.longestRetryNanos(),
                () -> -1L);
      }
      end += pingSchedule.timeoutNanos();

      assertThat(end).as("%s of %d", pingSchedule, ttl).isLessThan(ttl);
    }
  }

  @Test
  void aTtlOfNextToNothingIsTakenForASecondAndOneForEverForADay() {
    assertThat(PingSchedule.of(TEN, TEN, Duration.ofMillis(1)))
        .isEqualTo(PingSchedule.of(TEN, TEN, Ttl.MIN));
    assertThat(PingSchedule.of(TEN, TEN, Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(PingSchedule.of(TEN, TEN, Ttl.MAX));
  }
}
