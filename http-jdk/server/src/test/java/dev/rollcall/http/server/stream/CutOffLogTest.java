package dev.rollcall.http.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.harness.ListLogger;
import dev.rollcall.http.server.log.RateLimitedLog;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CutOffLogTest {
  private final ManualClock clock = new ManualClock();
  private final ListLogger lines = new ListLogger();
  private final CutOffLog log = new CutOffLog(lines, clock.getAsLong());

  private void cutOff(int count) throws UnknownHostException {
    for (int i = 0; i < count; i++) {
      log.cutOff(InetAddress.getByName("192.0.2." + (i % 250)), "watch", clock.getAsLong());
    }
  }

  @Test
  void aLineSaysWhoWasCutOffAndWhy() throws UnknownHostException {
    cutOff(1);

    assertThat(lines.lines())
        .singleElement()
        .asString()
        .startsWith("WARN")
        .contains("watch.cut_off", "192.0.2.0", "operation=watch", "it took nothing")
        .doesNotContain("left_out");
  }

  @Test
  void aThousandCutOffsInAMinuteAreTenLinesAndTheNextMinuteSaysHowManyWereLeftOut()
      throws UnknownHostException {
    cutOff(1_000);
    assertThat(lines.lines()).hasSize(RateLimitedLog.MAX_LINES);

    clock.advance(Duration.ofMinutes(1));
    cutOff(2);
    assertThat(lines.lines()).hasSize(RateLimitedLog.MAX_LINES + 2);
    assertThat(lines.lines().get(RateLimitedLog.MAX_LINES)).contains("left_out=990");
    assertThat(lines.lines().get(RateLimitedLog.MAX_LINES + 1)).doesNotContain("left_out");
  }
}
