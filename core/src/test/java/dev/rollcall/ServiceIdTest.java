package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceIdTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "z", "A", "Z", "0", "9", "a.b_c-d", "0-", "01ARZ3NDEKTSV4RRFFQ69G5FAV"})
  void anIdIsItself(String id) {
    assertThat(ServiceId.check(id)).isEqualTo(id);
    assertThat(ServiceId.isValid(id)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badIds")
  void anyOtherTextIsRefused(String id) {
    assertThat(ServiceId.isValid(id)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> ServiceId.check(id));
  }

  @Test
  void theNeighboursOfLettersAndDigitsAreNone() {
    for (char c : "/:@[`{".toCharArray()) {
      assertThat(ServiceId.isValid("" + c)).as("starts with %s", c).isFalse();
      assertThat(ServiceId.isValid("a" + c)).as("holds %s", c).isFalse();
    }
  }

  @Test
  void theMessageSaysWhatIsWrongAndWhere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceId.check(""))
        .withMessage("an id has 1 to 128 characters; this one has 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceId.check("x".repeat(129)))
        .withMessage("an id has 1 to 128 characters; this one has 129");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceId.check("-a"))
        .withMessageStartingWith("an id starts with a letter");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServiceId.check("ab c"))
        .withMessageContaining("character 3");
  }
}
