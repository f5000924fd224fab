package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TtlTest {

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#ttls")
  void aTtlIsItself(Duration ttl) {
    assertThat(Ttl.check(ttl)).isEqualTo(ttl);
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badTtls")
  void anyOtherTimeIsRefused(Duration ttl) {
    assertThatIllegalArgumentException().isThrownBy(() -> Ttl.check(ttl));
  }

  @Test
  void theMessageSaysWhatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ttl.check(Duration.ofMillis(999)))
        .withMessage("a ttl is 1 to 86400 seconds; this one is PT0.999S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ttl.check(Duration.ofSeconds(1, 500)))
        .withMessage("a ttl is in whole milliseconds; this one is PT1.0000005S");
  }
}
