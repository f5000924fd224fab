package dev.rollcall.http.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.contract.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A server that answers probes and nothing else must not be called again and again. */
class ProbeScheduleTest {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final ManualClock clock = new ManualClock();
  private final ProbeSchedule schedule = new ProbeSchedule(INTERVAL, clock);

  /** Checks that the next probe comes between so many intervals and twice as many. */
  private void assertDueAfter(int intervals) {
    clock.advance(INTERVAL.multipliedBy(intervals).minusNanos(1));
    assertThat(schedule.isDue()).isFalse();
    clock.advance(INTERVAL.multipliedBy(intervals).plusNanos(1));
    assertThat(schedule.isDue()).isTrue();
  }

  @Test
  void aServerThatIsNotWellIsProbedAtTheSameRate() {
    schedule.left();
    assertDueAfter(1);
    for (int i = 0; i < 10; i++) {
      schedule.foundNone();
      assertDueAfter(1);
    }
  }

  @Test
  void theTimeDoublesEachTimeThatTheServerFailsSoonAfterwards() {
    schedule.left();
    assertDueAfter(1);
    for (int intervals : new int[] {2, 4, 8, 16, 32, 32, 32}) {
      schedule.foundWell();
      clock.advance(Duration.ofSeconds(59));
      schedule.left();
      assertDueAfter(intervals);
      schedule.foundNone();
      assertDueAfter(intervals);
    }
  }

  @Test
  void aServerThatWasWellForAMinuteIsProbedAsAtFirst() {
    schedule.left();
    schedule.foundWell();
    schedule.left();
    assertDueAfter(2);
    schedule.foundWell();
    clock.advance(Duration.ofMinutes(1));

    schedule.left();

    assertDueAfter(1);
  }

  @Test
  void anotherServerThatFailsMeanwhileDoublesNothing() {
    schedule.left();
    schedule.foundWell();
    schedule.left();
    schedule.left();

    assertDueAfter(2);
  }
}
