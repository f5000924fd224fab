package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.contract.Samples;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InfoTest {

  static Stream<Arguments> numbers() {
    BigInteger beyondLong = BigInteger.ONE.shiftLeft(63);
    return Stream.of(
        Arguments.of((byte) -1, -1),
        Arguments.of((short) 300, 300),
        Arguments.of(7, 7),
        Arguments.of(7L, 7),
        Arguments.of((long) Integer.MIN_VALUE, Integer.MIN_VALUE),
        Arguments.of(Integer.MAX_VALUE + 1L, Integer.MAX_VALUE + 1L),
        Arguments.of(BigInteger.TEN, 10),
        Arguments.of(beyondLong.subtract(BigInteger.ONE), Long.MAX_VALUE),
        Arguments.of(beyondLong.negate(), Long.MIN_VALUE),
        Arguments.of(beyondLong, beyondLong),
        Arguments.of(0.1d, new BigDecimal("0.1")),
        Arguments.of(0.1f, new BigDecimal("0.1")),
        Arguments.of(1e300d, new BigDecimal("1.0E+300")),
        Arguments.of(2.0d, new BigDecimal("2.0")),
        Arguments.of(new BigDecimal("1.50"), new BigDecimal("1.50")),
        Arguments.of(new BigDecimal("5E+3"), new BigDecimal("5E+3")),
        Arguments.of(new BigDecimal("5"), 5),
        Arguments.of(new BigDecimal("-3000000000"), -3_000_000_000L),
        Arguments.of(new BigDecimal(beyondLong), beyondLong));
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void aNumberHasTheNarrowestTypeThatHoldsItsDigits(Number given, Number kept) {
    assertThat(Info.copyOf(Map.of("n", given)).get("n")).isEqualTo(kept);
  }

  static Stream<Object> whatJsonCannotHold() {
    return Stream.of(
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        new AtomicInteger(1),
        'c',
        Instant.EPOCH,
        Set.of("a"),
        new int[] {1},
        CharBuffer.wrap("text"),
        "half \ud83d",
        "\ude00 half",
        Map.of(1, "one"),
        Map.of("half \ud83d", 1));
  }

  @ParameterizedTest
  @MethodSource("whatJsonCannotHold")
  void whatJsonCannotHoldIsRefusedWithItsPlace(Object value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Info.copyOf(Map.of("list", List.of(0, Map.of("key", value)))))
        .withMessageContaining("info.list[1].key");
  }

  @Test
  void aKeyThatIsNullIsRefused() {
    Map<String, Object> info = new HashMap<>();
    info.put(null, 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Info.copyOf(info))
        .withMessageContaining("info has a key that is no string");
  }

  @Test
  void itIsNested64LevelsDeepAtMost() {
    assertThat(Info.copyOf(Samples.deep(64))).isEqualTo(Samples.deep(64));
    for (int levels : new int[] {65, 66}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Info.copyOf(Samples.deep(levels)))
          .withMessage("info is nested deeper than 64 levels");
    }
  }

  @Test
  void anInfoThatHoldsItselfIsTooDeep() {
    Map<String, Object> loop = new HashMap<>();
    loop.put("self", loop);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Info.copyOf(loop))
        .withMessageContaining("64 levels");
  }

  @Test
  void aCopyIsNotCopiedAgain() {
    Map<String, Object> copy = Info.copyOf(Map.of("a", 1));

    assertThat(Info.copyOf(copy)).isSameAs(copy);
  }

  @Test
  void itIsAnOrdinaryMapInTheOrderItWasGiven() {
    Map<String, Object> given = new LinkedHashMap<>();
    given.put("z", null);
    given.put("a", Arrays.asList(1, null));
    Map<String, Object> info = Info.copyOf(given);

    assertThat(info).isEqualTo(given).hasSameHashCodeAs(given).hasToString(given.toString());
    assertThat(info.keySet()).containsExactly("z", "a");
    assertThat(info.containsKey("z")).isTrue();
    assertThat(info.containsKey("b")).isFalse();
    assertThat(info.get("z")).isNull();
  }

  @Test
  void itBelongsToNobodyElse() {
    List<Object> inner = new ArrayList<>(List.of(1));
    Map<String, Object> given = new HashMap<>(Map.of("list", inner, "map", new HashMap<>()));
    Map<String, Object> info = Info.copyOf(given);
    inner.add(2);
    given.clear();

    assertThat(info).isEqualTo(Map.of("list", List.of(1), "map", Map.of()));
    assertThatThrownBy(() -> info.put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(info::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ((List<?>) info.get("list")).clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> info.entrySet().iterator().next().setValue(1))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
