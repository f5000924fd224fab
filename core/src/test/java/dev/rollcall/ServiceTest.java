package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceTest {
  private static final Instant T = Instant.parse("2026-11-23T18:01:32.977Z");

  @Test
  void theTtlIsTheTimeFromTheLastPingToTheEnd() {
    Service service =
        new Service("a", "n", "http://h", Map.of(), T, T, T.plusSeconds(5), T.plusMillis(6_500), 1);

    assertThat(service.ttl()).isEqualTo(Duration.ofMillis(1_500));
  }

  @Test
  void theInfoIsItsOwnAndInTheCommonForm() {
    Map<String, Object> info = new HashMap<>(Map.of("n", 1L));
    Service service = new Service("a", "n", "http://h", info, T, T, T, T, 1);
    info.put("late", true);

    assertThat(service.info()).isEqualTo(Map.of("n", 1));
    assertThatThrownBy(() -> service.info().put("x", 1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Service("a", "n", "http://h", Map.of("n", T), T, T, T, T, 1));
  }

  @Test
  void nullIsRefused() {
    Map<String, Object> info = Map.of();
    assertThatNullPointerException()
        .isThrownBy(() -> new Service(null, "n", "http://h", info, T, T, T, T, 1));
    assertThatNullPointerException()
        .isThrownBy(() -> new Service("a", "n", null, info, T, T, T, T, 1));
    assertThatNullPointerException()
        .isThrownBy(() -> new Service("a", "n", "u", null, T, T, T, T, 1));
    assertThatNullPointerException()
        .isThrownBy(() -> new Service("a", "n", "u", info, null, T, T, T, 1));
    assertThatNullPointerException()
        .isThrownBy(() -> new Service("a", "n", "u", info, T, null, T, T, 1));
    assertThatNullPointerException()
        .isThrownBy(() -> new Service("a", "n", "u", info, T, T, null, T, 1));
    assertThatNullPointerException()
        .isThrownBy(() -> new Service("a", "n", "u", info, T, T, T, null, 1));
  }
}
