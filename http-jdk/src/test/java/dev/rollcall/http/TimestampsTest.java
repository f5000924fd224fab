package dev.rollcall.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-23T18:01:32Z, 2026-11-23T18:01:32.000Z",
    "2026-11-23T18:01:32.9779Z, 2026-11-23T18:01:32.977Z",
    "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59.999Z"
  })
  void aTimeIsWrittenWithMilliseconds(Instant time, String text) {
    assertThat(Timestamps.format(time)).isEqualTo(text);
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
  @ValueSource(strings = {"", "now", "2026-11-23", "2026-11-23T18:01:32", "2026-13-01T00:00:00Z"})
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> Timestamps.parse(text)).isInstanceOf(DateTimeException.class);
  }
}
