package dev.rollcall.http.server.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.harness.ListLogger;
import dev.rollcall.http.server.request.RequestKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutageLogTest {
  private static final Duration QUIET = Duration.ofSeconds(5);

  private final ListLogger log = new ListLogger();
  private final List<String> logged = log.lines();
  private final ManualClock clock = new ManualClock();
  private final OutageLog outage = new OutageLog(log, clock);

  @Test
  void anOutageIsLoggedWhenItStartsAndWhenItEnds() {
    outage.ended(RequestKind.PING);
    assertThat(logged).isEmpty();

    outage.failed(RequestKind.PING, new StoreUnavailableException("first", null, null));
    outage.failed(RequestKind.PING, new StoreUnavailableException("second", null, null));
    assertThat(logged).containsExactly("WARN store.unavailable access=ping cause=first");

    clock.advance(QUIET);
    outage.ended(RequestKind.PING);
    outage.ended(RequestKind.PING);
    assertThat(logged).hasSize(2).last().isEqualTo("INFO store.recovered access=ping");

    outage.failed(RequestKind.PING, new StoreUnavailableException("third", null, null));
    assertThat(logged)
        .hasSize(3)
        .last()
        .isEqualTo("WARN store.unavailable access=ping cause=third");
  }

  /** As of a Cluster of which a part is down. */
  @Test
  void pingsOfWhichSomeFailAreOneOutageUntilNoneHasFailedForFiveSeconds() {
    for (int i = 0; i < 1_000; i++) {
      outage.failed(RequestKind.PING, new StoreUnavailableException("slot 7", null, null));
      clock.advance(Duration.ofMillis(4_999));
      outage.ended(RequestKind.PING);
    }
    assertThat(logged).containsExactly("WARN store.unavailable access=ping cause=\"slot 7\"");

    clock.advance(Duration.ofMillis(1));
    outage.ended(RequestKind.PING);
    assertThat(logged).hasSize(2).last().isEqualTo("INFO store.recovered access=ping");
  }

  @Test
  void readsThatSucceedEndNoOutageOfPings() {
    for (int i = 0; i < 15; i++) {
      outage.failed(RequestKind.PING, new StoreUnavailableException("NOREPLICAS", null, null));
      outage.ended(RequestKind.LIST);
      outage.ended(RequestKind.READ);
    }
    clock.advance(QUIET);
    outage.ended(RequestKind.PING);

    assertThat(logged)
        .containsExactly(
            "WARN store.unavailable access=ping cause=NOREPLICAS",
            "INFO store.recovered access=ping");
  }

  /** As of registrations, which come hours apart where everything has started. */
  @Test
  void theOutageOfARareKindEndsOnceOneHasSucceededAndOthersShowTheTime() {
    outage.failed(RequestKind.WRITE, new StoreUnavailableException("down", null, null));
    clock.advance(Duration.ofSeconds(3));
    outage.ended(RequestKind.WRITE);
    outage.ended(RequestKind.PING);
    assertThat(logged).hasSize(1);

    clock.advance(Duration.ofSeconds(2));
    outage.ended(RequestKind.PING);
    assertThat(logged).hasSize(2).last().isEqualTo("INFO store.recovered access=write");
  }

  @Test
  void aKindThatFailsAgainAfterItHasSucceededForFiveSecondsIsANewOutage() {
    outage.failed(RequestKind.WRITE, new StoreUnavailableException("first", null, null));
    outage.ended(RequestKind.WRITE);
    clock.advance(QUIET);
    outage.failed(RequestKind.WRITE, new StoreUnavailableException("second", null, null));

    assertThat(logged)
        .containsExactly(
            "WARN store.unavailable access=write cause=first",
            "INFO store.recovered access=write",
            "WARN store.unavailable access=write cause=second");
  }

  @Test
  void aKindThatHasNotSucceededStaysDownHoweverLongNothingComes() {
    outage.failed(RequestKind.WRITE, new StoreUnavailableException("first", null, null));
    clock.advance(Duration.ofHours(1));
    outage.ended(RequestKind.PING);
    outage.failed(RequestKind.WRITE, new StoreUnavailableException("second", null, null));

    assertThat(logged).hasSize(1);
  }

  @Test
  void aLogThatThrowsEndsNoRequest() {
    var throwing = new OutageLog(ListLogger.throwing(), clock);

    assertThatCode(
            () -> {
              throwing.failed(RequestKind.LIST, new StoreUnavailableException("down", null, null));
              clock.advance(QUIET);
              throwing.ended(RequestKind.LIST);
            })
        .doesNotThrowAnyException();
  }
}
