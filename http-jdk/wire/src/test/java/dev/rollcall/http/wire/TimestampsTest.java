package dev.rollcall.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-23T18:01:32Z, 2026-11-23T18:01:32.000Z",
    "2026-11-23T18:01:32.9779Z, 2026-11-23T18:01:32.977Z",
    "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59.999Z",
    "0000-01-01T00:00:00.001Z, 0000-01-01T00:00:00.001Z",
    "0999-02-03T04:05:06.070Z, 0999-02-03T04:05:06.070Z",
    "9999-12-31T23:59:59.999Z, 9999-12-31T23:59:59.999Z",
    "+10000-01-01T00:00:00Z, +10000-01-01T00:00:00.000Z",
    "-0001-12-31T23:59:59.999Z, -0001-12-31T23:59:59.999Z",
    "+1000000000-12-31T23:59:59.999Z, +1000000000-12-31T23:59:59.999Z"
  })
  void aTimeIsWrittenWithMilliseconds(Instant time, String text) {
    assertThat(Timestamps.format(time)).isEqualTo(text);
  }

  @Test
  void eachSecondOfADayAndEachDayOfACenturyIsWrittenAsTheFormatterWouldAndReadBack() {
    var formatter = new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
    Instant start = Instant.parse("1999-12-31T23:00:00.045Z");
    for (int i = 0; i < 86_400; i++) {
      Instant second = start.plusSeconds(i);
      Instant day = start.plus(i % 36_525, ChronoUnit.DAYS);
      assertThat(Timestamps.format(second)).isEqualTo(formatter.format(second));
      assertThat(Timestamps.format(day)).isEqualTo(formatter.format(day));
      assertThat(Timestamps.parse(Timestamps.format(second))).isEqualTo(second);
      assertThat(Timestamps.parse(Timestamps.format(day))).isEqualTo(day);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T18:01:32Z, 2026-11-23T18:01:32Z",
    "2026-11-23T18:01:32+00:00, 2026-11-23T18:01:32Z",
    "2026-11-23T18:01:32.977+00:00, 2026-11-23T18:01:32.977Z",
    "2026-11-23T18:01:32.977123+00:00, 2026-11-23T18:01:32.977123Z",
    "2026-11-23T18:01:32.977123456Z, 2026-11-23T18:01:32.977123456Z",
    "2026-11-23T20:01:32.5+02:00, 2026-11-23T18:01:32.5Z",
    "2026-11-23t18:01:32z, 2026-11-23T18:01:32Z"
  })
  void aTimeIsReadAsOthersWriteIt(String text, Instant time) {
    assertThat(Timestamps.parse(text)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2026-11-23",
        "2026-11-23T18:01:32",
        "2026-13-01T00:00:00Z",
        "2026-13-01T00:00:00.000Z",
        "2026-02-29T00:00:00.000Z",
        "2026-01-01T24:00:00.000Z",
        "2026-01-01T23:59:60.000Z",
        "2026-01-01T00:00:00.0x0Z",
        "2026-01-01 00:00:00.000Z"
      })
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> Timestamps.parse(text)).isInstanceOf(DateTimeException.class);
  }
}
