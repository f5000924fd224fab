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
        new Service("a", "http://h", Map.of(), T, T, T.plusSeconds(5), T.plusMillis(6_500));

    assertThat(service.ttl()).isEqualTo(Duration.ofMillis(1_500));
  }

  @Test
  void theInfoIsItsOwnAndInTheCommonForm() {
    Map<String, Object> info = new HashMap<>(Map.of("n", 1L));
    Service service = new Service("a", "http://h", info, T, T, T, T);
    info.put("late", true);

    assertThat(service.info()).isEqualTo(Map.of("n", 1));
    assertThatThrownBy(() -> service.info().put("x", 1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Service("a", "http://h", Map.of("n", T), T, T, T, T));
  }

  @Test
  void nullIsRefused() {
    Map<String, Object> info = Map.of();
    assertThatNullPointerException()
        .isThrownBy(() -> new Service(null, "http://h", info, T, T, T, T));
    assertThatNullPointerException().isThrownBy(() -> new Service("a", null, info, T, T, T, T));
    assertThatNullPointerException().isThrownBy(() -> new Service("a", "u", null, T, T, T, T));
    assertThatNullPointerException().isThrownBy(() -> new Service("a", "u", info, null, T, T, T));
    assertThatNullPointerException().isThrownBy(() -> new Service("a", "u", info, T, null, T, T));
    assertThatNullPointerException().isThrownBy(() -> new Service("a", "u", info, T, T, null, T));
    assertThatNullPointerException().isThrownBy(() -> new Service("a", "u", info, T, T, T, null));
  }
}
