package dev.rollcall.examples.robustness;

import static dev.rollcall.examples.robustness.HistoryBuilder.seen;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A registration that was sent twice may take effect twice, if a fault broke its connection. */
class RepeatedRegistrationTest {
  private static final ServiceSnapshot N = seen("n", 20_000, 5, 5);
  private static final ServiceSnapshot AGAIN = seen("n", 20_000, 5, 1500);

  private static HistoryBuilder cut() {
    return new HistoryBuilder().stops(0, 20).registersRepeatably("n", 20_000, 0, 30);
  }

  private static HistoryBuilder calm() {
    return new HistoryBuilder().registersRepeatably("n", 20_000, 0, 30);
  }

  @Test
  void itMayComeBackOnceItWasRemoved() {
    assertThat(cut().removes("n", N, 100, 110).finds(N, 1600, 1610).broken()).isEmpty();
    assertThat(cut().removes("n", N, 100, 110).finds(N, 10_000, 10_010).broken()).isEmpty();
    assertThat(calm().removes("n", N, 100, 110).finds(N, 1600, 1610).broken()).contains("revived");
  }

  @Test
  void itComesBackNoMoreWhenItCanHaveTakenEffectLongAgo() {
    assertThat(cut().removes("n", N, 10_000, 10_010).finds(N, 10_100, 10_110).broken())
        .contains("revived");
  }

  @Test
  void itMayBeRemovedTwice() {
    assertThat(cut().removes("n", N, 100, 110).removes("", N, 200, 210).broken()).isEmpty();
    assertThat(calm().removes("n", N, 100, 110).removes("", N, 200, 210).broken())
        .contains("deregistered twice");
  }

  @Test
  void itMayShowThatItRegisteredAgain() {
    assertThat(cut().finds(N, 100, 110).finds(AGAIN, 1600, 1610).broken()).isEmpty();
    assertThat(calm().finds(N, 100, 110).finds(AGAIN, 1600, 1610).broken())
        .contains("registered_at or last_updated changed without a registration");
  }

  @Test
  void itsLeaseMayBeSupersededByItsOther() {
    HistoryBuilder history = cut().pings("n", Outcome.SUPERSEDED, 100, 110).finds(N, 200, 210);
    assertThat(history.broken()).isEmpty();
    assertThat(calm().pings("n", Outcome.SUPERSEDED, 100, 110).broken())
        .contains("refused as superseded, but nobody superseded it");
  }
}
