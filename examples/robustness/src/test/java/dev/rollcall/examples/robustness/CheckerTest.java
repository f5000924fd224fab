package dev.rollcall.examples.robustness;

import static dev.rollcall.examples.robustness.HistoryBuilder.seen;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule is broken by a history that breaks it, and not by one that is near to that. */
class CheckerTest {
  private static final ServiceSnapshot N = seen("n", 1000, 5, 5);

  private static HistoryBuilder registered() {
    return new HistoryBuilder().registers("n", 1000, 0, 10);
  }

  @Test
  void aLifeWithinItsLeaseBreaksNoRule() {
    assertThat(
            registered()
                .finds(N, 20, 30)
                .pings("n", 1000, 500, 510)
                .lists(1400, 1410, N)
                .findsNothing(1600, 1610)
                .pings("n", Outcome.NOT_FOUND, 1700, 1710)
                .broken())
        .isEmpty();
  }

  @Test
  void aliveIsNobodyPastTheLastRenewalThatMayHaveTakenEffect() {
    String rule = "alive past the end of its lease";
    assertThat(registered().finds(N, 1100, 1110).broken()).containsExactly(rule);
    assertThat(registered().lists(1100, 1110, N).broken()).containsExactly(rule);
    assertThat(registered().pings("", 1000, 1100, 1110).broken()).containsExactly(rule);
    assertThat(registered().finds(N, 1000, 1200).broken()).isEmpty();
    assertThat(registered().pings("n", Outcome.UNKNOWN, 500, 510).finds(N, 1100, 1110).broken())
        .isEmpty();
    assertThat(registered().pings("n", Outcome.NOT_SENT, 500, 510).finds(N, 1100, 1110).broken())
        .containsExactly(rule);
  }

  @Test
  void aPingThatFailedWhileTimeStoodStillMayRenewTheLeaseWhenItIsOver() {
    HistoryBuilder history = registered().pings("n", Outcome.UNKNOWN, 500, 900).stops(400, 3000);
    assertThat(history.finds(N, 3900, 3910).broken()).isEmpty();
    assertThat(history.finds(N, 11_000, 11_010).broken()).isNotEmpty();
  }

  @Test
  void goneIsNobodyBeforeTheEndOfTheLease() {
    String rule = "gone before the end of its lease";
    assertThat(registered().findsNothing(500, 510).broken()).containsExactly(rule);
    assertThat(registered().lists(500, 510).broken()).containsExactly(rule);
    assertThat(registered().pings("n", Outcome.NOT_FOUND, 500, 510).broken()).containsExactly(rule);
    assertThat(registered().findsNothing(990, 1010).broken()).isEmpty();
    assertThat(registered().findsNothing(5, 20).broken()).isEmpty();
  }

  @Test
  void aPingBeginsTheLeaseAnew() {
    assertThat(registered().pings("n", 1000, 500, 510).findsNothing(1400, 1410).broken())
        .containsExactly("gone before the end of its lease");
    assertThat(registered().pings("n", Outcome.UNKNOWN, 500, 510).findsNothing(1400, 1410).broken())
        .isEmpty();
  }

  @Test
  void aLossOrARemovalThatMayHaveTakenEffectExplainsThatSomebodyIsGone() {
    assertThat(registered().loses(100, 200).findsNothing(500, 510).broken()).isEmpty();
    assertThat(registered().stops(100, 200).findsNothing(500, 510).broken()).isNotEmpty();
    assertThat(registered().removes("", Outcome.UNKNOWN, 100, 200).findsNothing(500, 510).broken())
        .isEmpty();
    assertThat(registered().removes("n", Outcome.UNKNOWN, 100, 200).findsNothing(500, 510).broken())
        .isEmpty();
    assertThat(
            registered()
                .removes("", Outcome.NOT_SENT, 100, 200)
                .removes("of-nobody", Outcome.UNKNOWN, 100, 200)
                .findsNothing(500, 510)
                .broken())
        .isNotEmpty();
  }

  @Test
  void aRemovalWithAnEarlierLeaseDoesNotExplainThatTheLaterIsGone() {
    assertThat(
            registered()
                .registers("m", 1000, 20, 30)
                .removes("n", Outcome.UNKNOWN, 40, 50)
                .findsNothing(500, 510)
                .broken())
        .containsExactly("gone before the end of its lease");
  }

  @Test
  void aTakeoverMayShortenTheLease() {
    assertThat(
            new HistoryBuilder()
                .registers("n", 10_000, 0, 10)
                .registersPerhaps("m", 1000, 100, 200)
                .findsNothing(1500, 1510)
                .broken())
        .isEmpty();
  }

  @Test
  void whoWasRemovedIsNotAliveAgain() {
    HistoryBuilder history = registered().removes("n", N, 100, 110);
    assertThat(history.finds(N, 200, 210).broken()).contains("revived");
    assertThat(registered().removes("n", N, 100, 110).pings("n", 1000, 200, 210).broken())
        .contains("revived");
    assertThat(registered().removes("n", N, 100, 110).finds(N, 105, 120).broken()).isEmpty();
  }

  @Test
  void whoHasExpiredIsNotAliveAgain() {
    HistoryBuilder history =
        registered().findsNothing(1100, 1110).pings("n", Outcome.UNKNOWN, 1090, 1115);
    assertThat(history.finds(N, 1200, 1210).broken()).contains("revived");
  }

  @Test
  void nobodyIsAliveAgainWithoutARegistrationThatMayHaveTakenEffect() {
    assertThat(
            registered()
                .pings("", Outcome.UNKNOWN, 20, 30)
                .findsNothing(1200, 1210)
                .pings("", 1000, 1300, 1310)
                .broken())
        .containsExactly("alive again without a registration");
    assertThat(
            registered()
                .registersPerhaps("m", 1000, 20, 30)
                .findsNothing(1200, 1210)
                .pings("", 1000, 1300, 1310)
                .broken())
        .isEmpty();
  }

  @Test
  void oneDeregistrationGetsARegistration() {
    assertThat(registered().removes("", N, 100, 200).removes("n", N, 150, 180).broken())
        .containsExactly("deregistered twice");
    assertThat(
            registered()
                .removes("", N, 100, 200)
                .removes("n", Outcome.NOT_FOUND, 150, 180)
                .broken())
        .isEmpty();
  }

  @Test
  void aSupersededLeaseHasNoSuccess() {
    HistoryBuilder history = registered().registers("m", 1000, 20, 30);
    assertThat(history.pings("n", 1000, 40, 50).broken())
        .containsExactly("success by a superseded lease");
    assertThat(registered().registers("m", 1000, 20, 30).pings("n", 1000, 25, 50).broken())
        .isEmpty();
    assertThat(
            registered()
                .registers("m", 1000, 20, 30)
                .removes("n", seen("m", 1000, 5, 25), 40, 50)
                .broken())
        .contains("a deregistration removed another lease's service");
  }

  @Test
  void aLeaseThatNobodyWasGivenHasNoSuccess() {
    assertThat(registered().pings("of-nobody", 1000, 40, 50).broken())
        .containsExactly("success by a lease that nobody was given");
    assertThat(registered().pings("of-nobody", Outcome.SUPERSEDED, 40, 50).broken()).isEmpty();
  }

  @Test
  void whatIsRefusedAsSupersededHasBeenSuperseded() {
    assertThat(registered().pings("n", Outcome.SUPERSEDED, 40, 50).broken())
        .containsExactly("refused as superseded, but nobody superseded it");
    assertThat(
            registered()
                .registersPerhaps("m", 1000, 20, 30)
                .pings("n", Outcome.SUPERSEDED, 40, 50)
                .broken())
        .isEmpty();
  }

  @Test
  void aTakeoverKeepsRegisteredAt() {
    HistoryBuilder history = registered().registers("m", 1000, 20, 30);
    assertThat(history.finds(seen("m", 1000, 25, 25), 40, 50).broken())
        .containsExactly("registered_at was not kept by a registration of a live id");
    assertThat(
            registered()
                .registers("m", 1000, 20, 30)
                .finds(seen("m", 1000, 5, 25), 40, 50)
                .broken())
        .isEmpty();
    assertThat(
            registered()
                .removes("", Outcome.UNKNOWN, 12, 14)
                .registers("m", 1000, 20, 30)
                .finds(seen("m", 1000, 25, 25), 40, 50)
                .broken())
        .isEmpty();
  }

  @Test
  void registeredAtEndsWithTheService() {
    assertThat(
            registered()
                .removes("", N, 20, 30)
                .registers("m", 1000, 40, 50)
                .finds(seen("m", 1000, 5, 45), 60, 70)
                .broken())
        .containsExactly("registered_at outlived the service");
    assertThat(
            registered()
                .removes("", N, 20, 30)
                .registers("m", 1000, 40, 50)
                .finds(seen("m", 1000, 45, 45), 60, 70)
                .broken())
        .isEmpty();
  }

  @Test
  void theTimesOfARegistrationDoNotChange() {
    assertThat(registered().finds(N, 20, 30).finds(seen("n", 1000, 6, 6), 40, 50).broken())
        .containsExactly("registered_at or last_updated changed without a registration");
  }

  @Test
  void anAnswerIsAboutTheIdThatWasAskedFor() {
    assertThat(registered().finds(seen("other", 1000, 5, 5), 20, 30).broken().get(0))
        .startsWith("an answer about something else");
    assertThat(registered().finds(seen("n", 2000, 5, 5), 20, 30).broken().get(0))
        .startsWith("an answer about something else");
    ServiceSnapshot ofAnotherId =
        new ServiceSnapshot(
            "b", "n", ServiceSnapshot.urlOf("n"), N.registeredAt(), N.lastUpdated(), N.ttl());
    assertThat(registered().finds(ofAnotherId, 20, 30).broken().get(0))
        .startsWith("an answer about something else");
  }

  @Test
  void aListHasEachIdOnce() {
    assertThat(registered().lists(20, 30, N, N).broken())
        .containsExactly("a list has an id twice or out of order");
  }

  @Test
  void noTwoRegistrationsGetOneLease() {
    Operation.Builder twin =
        Operation.of(OperationKind.REGISTER, HistoryBuilder.ID)
            .registering("m", Duration.ofSeconds(1))
            .givenLease("lease-n")
            .outcome(Outcome.OK);
    assertThat(registered().add(twin, 20, 30).broken()).contains("two registrations got one lease");
  }

  @Test
  void anAnswerThatTheProtocolDoesNotHaveIsWrong() {
    assertThat(registered().pings("n", Outcome.WRONG, 20, 30).broken())
        .isEqualTo(List.of("no answer of the protocol's"));
  }
}
