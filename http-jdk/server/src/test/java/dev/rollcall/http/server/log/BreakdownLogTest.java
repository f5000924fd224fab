package dev.rollcall.http.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.harness.ListLogger;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakdownLogTest {
  private final ManualClock clock = new ManualClock();

  /** As the errors that the JVM keeps for a heap in which it can make no other. */
  @Test
  void aLogThatThrowsTheVeryCauseIsNoReasonToThrow() {
    var shared = new OutOfMemoryError("a test's own");
    var breakdowns = new BreakdownLog(ListLogger.throwing(shared), clock);

    assertThatCode(() -> breakdowns.brokeDown(shared)).doesNotThrowAnyException();
  }

  @Test
  void whatFailsOnAccountOfACauseIsKeptWithIt() {
    var cause = new IllegalStateException("a test's own");
    var failure = new StackOverflowError("a log's");

    SafeLog.suppress(cause, cause);
    SafeLog.suppress(cause, failure);

    assertThat(cause.getSuppressed()).containsExactly(failure);
  }

  @Test
  void ofEachClassThereAreTenLinesAMinute() {
    var log = new ListLogger();
    var breakdowns = new BreakdownLog(log, clock);

    for (int i = 0; i < 1_000; i++) {
      breakdowns.brokeDown(new OutOfMemoryError("a test's own"));
    }
    breakdowns.brokeDown(new IllegalStateException("another"));
    assertThat(log.lines()).hasSize(11);

    clock.advance(Duration.ofMinutes(1));
    breakdowns.brokeDown(new OutOfMemoryError("a test's own"));
    assertThat(log.lines()).hasSize(12).last().asString().contains("left_out=990");
    assertThat(log.lines()).allMatch(line -> line.startsWith("ERROR request.broke_down"));
  }
}
