package dev.rollcall.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RefusalThrottleTest {
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  private final RefusalThrottle throttle = new RefusalThrottle();

  /** Around an overflow of the clock. */
  private long now = Long.MAX_VALUE - 5;

  private void elapse(Duration time) {
    now += time.toNanos();
  }

  private void isNotDue(String id) {
    assertThat(throttle.refused(id, now)).isEmpty();
  }

  private RefusalThrottle.Due due(String id) {
    return throttle.refused(id, now).orElseThrow();
  }

  @Test
  void theFirstCallIsDueAtOnceAndThenOneInTenSecondsForThoseBefore() {
    assertThat(due("a")).isEqualTo(new RefusalThrottle.Due(1, Duration.ZERO));
    elapse(Duration.ofSeconds(1));
    isNotDue("a");
    elapse(Duration.ofSeconds(8));
    isNotDue("a");
    elapse(Duration.ofSeconds(1).minusNanos(1));
    isNotDue("a");
    elapse(Duration.ofNanos(1));
    assertThat(due("a")).isEqualTo(new RefusalThrottle.Due(4, Duration.ofSeconds(9)));
    isNotDue("a");
    elapse(TEN_SECONDS);
    assertThat(due("a").calls()).isEqualTo(2);
    elapse(TEN_SECONDS);
    assertThat(due("a")).isEqualTo(new RefusalThrottle.Due(1, Duration.ZERO));
  }

  @Test
  void eachIdIsDueByItself() {
    due("a");
    due("b");
    isNotDue("a");
    isNotDue("b");
  }

  @Test
  void whatWasRecordedLongestAgoIsForgottenBeyondTheBound() {
    due("a");
    due("b");
    elapse(TEN_SECONDS);
    due("a"); // again, so b is now the oldest
    IntStream.range(0, RefusalThrottle.MAX_IDS - 1).forEach(i -> due("id-" + i));
    assertThat(throttle.size()).isEqualTo(RefusalThrottle.MAX_IDS);
    isNotDue("a");
    IntStream.range(0, 5_000).forEach(i -> due("other-" + i));

    assertThat(throttle.size()).isEqualTo(RefusalThrottle.MAX_IDS);
    assertThat(due("a")).isEqualTo(new RefusalThrottle.Due(1, Duration.ZERO));
  }
}
