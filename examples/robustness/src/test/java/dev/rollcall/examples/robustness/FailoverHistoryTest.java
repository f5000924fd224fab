package dev.rollcall.examples.robustness;

import static dev.rollcall.examples.robustness.HistoryBuilder.seen;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a failover may undo is what was written while it lasted, and no more. */
class FailoverHistoryTest {
  private static final ServiceSnapshot N = seen("n", 5000, 5, 5);
  private static final ServiceSnapshot M = seen("m", 5000, 305, 305);

  /** The failover lasts from 200 to 800 ms. */
  private static HistoryBuilder registered() {
    return new HistoryBuilder().registers("n", 5000, 0, 10).failsOver(200, 800);
  }

  @Test
  void aRegistrationOutlivesTheFailoverIfItIsOlder() {
    assertThat(registered().findsNothing(900, 910).broken())
        .containsExactly("gone before the end of its lease");
  }

  @Test
  void aRegistrationMayBeLostInTheFailover() {
    HistoryBuilder history =
        new HistoryBuilder().failsOver(200, 800).registers("m", 5000, 300, 310);
    assertThat(history.finds(M, 320, 330).findsNothing(900, 910).broken()).isEmpty();
    assertThat(history.finds(M, 920, 930).broken()).containsExactly("revived");
  }

  @Test
  void aDeregistrationMayBeLostInTheFailoverButNoneBeforeIt() {
    assertThat(registered().removes("n", N, 300, 310).finds(N, 900, 910).broken()).isEmpty();
    assertThat(registered().removes("n", N, 100, 110).finds(N, 900, 910).broken())
        .contains("revived");
    assertThat(registered().removes("n", N, 850, 860).finds(N, 900, 910).broken())
        .contains("revived");
  }

  @Test
  void aDeregistrationThatWasLostMayBeMadeAgainOnce() {
    HistoryBuilder history = registered().removes("n", N, 300, 310).removes("n", N, 900, 910);
    assertThat(history.broken()).isEmpty();
    assertThat(history.removes("n", N, 920, 930).broken()).contains("deregistered twice");
  }

  @Test
  void whatWasSupersededInTheFailoverMayHoldTheIdAgain() {
    HistoryBuilder history = registered().registers("m", 5000, 300, 310).pings("n", 5000, 900, 910);
    assertThat(history.pings("m", Outcome.SUPERSEDED, 920, 930).broken()).isEmpty();
    assertThat(
            registered()
                .registers("m", 5000, 850, 860)
                .pings("m", Outcome.SUPERSEDED, 920, 930)
                .broken())
        .contains("refused as superseded, but nobody superseded it");
  }

  @Test
  void nobodyIsBackByTheFailoverThatWasGoneBeforeIt() {
    assertThat(
            new HistoryBuilder()
                .registers("n", 100, 0, 10)
                .findsNothing(150, 160)
                .failsOver(200, 800)
                .pings("", 100, 900, 910)
                .broken())
        .contains("alive again without a registration");
  }
}
