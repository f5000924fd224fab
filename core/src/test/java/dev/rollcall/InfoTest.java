package dev.rollcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.rollcall.contract.Samples;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        .withMessageContaining("info has a key that is not a string");
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

  static Stream<Number> numbersOf1000CharactersAtMost() {
    return Stream.of(
        new BigInteger("9".repeat(1_000)),
        new BigInteger("-" + "9".repeat(999)),
        new BigDecimal("0." + "1".repeat(998)),
        new BigDecimal("1." + "2".repeat(986) + "E-2147000000"),
        new BigDecimal(BigInteger.ONE, Integer.MAX_VALUE),
        new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE + 1),
        Double.MIN_VALUE);
  }

  @ParameterizedTest
  @MethodSource("numbersOf1000CharactersAtMost")
  void aNumberThatTakes1000CharactersIsKept(Number number) {
    Object kept = Info.copyOf(Map.of("n", number)).get("n");

    assertThat(new BigDecimal(kept.toString())).isEqualTo(new BigDecimal(number.toString()));
  }

  static Stream<Number> numbersOfMoreThan1000Characters() {
    return Stream.of(
        BigInteger.TEN.pow(1_000),
        BigInteger.TEN.pow(999).negate(),
        BigInteger.ONE.shiftLeft(100_000),
        new BigDecimal("0." + "1".repeat(999)),
        new BigDecimal("1." + "2".repeat(987) + "E-2147000000"),
        // A thousand digits as it is here, and five zeros more as it is written.
        new BigDecimal("1." + "2".repeat(997) + "e-6"),
        new BigDecimal(BigInteger.ONE.shiftLeft(100_000), Integer.MAX_VALUE));
  }

  @ParameterizedTest
  @MethodSource("numbersOfMoreThan1000Characters")
  void aNumberThatTakesMoreThan1000CharactersIsRefusedWithItsPlace(Number number) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Info.copyOf(Map.of("list", List.of(0, number))))
        .withMessage("info.list[1] is a number that takes more than 1000 characters to write");
  }

  @Test
  void aNumberWithAnExponentBeyond32BitsIsRefusedWithItsPlace() {
    // Java 17 could not read it back from its text; later ones can.
    for (BigInteger digits : List.of(BigInteger.ONE, BigInteger.TEN.pow(30))) {
      BigDecimal number = new BigDecimal(digits, Integer.MIN_VALUE);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Info.copyOf(Map.of("n", number)))
          .withMessage("info.n is a number with an exponent of more than 32 bits");
    }
  }

  @Test
  void aNameHas10000CharactersAtMostAndAnotherStringTwentyMillion() {
    String name = "é".repeat(10_000);
    String text = "x".repeat(20_000_000);

    assertThat(Info.copyOf(Map.of(name, text))).containsEntry(name, text);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Info.copyOf(Map.of("a", Map.of(name + "x", 1))))
        .withMessageContaining("info.a.ééé")
        .withMessageContaining("has a name of more than 10000 characters")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Info.copyOf(Map.of("a", text + "x")))
        .withMessage("info.a has more than 20000000 characters");
  }

  @Test
  void aNameThatIsThereTwiceIsRefused() {
    for (int others : new int[] {0, 7, 100}) {
      IdentityHashMap<String, Object> info = new IdentityHashMap<>();
      info.put(new String("twice"), 1);
      info.put(new String("twice"), 2);
      for (int i = 0; i < others; i++) {
        info.put("other" + i, i);
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Info.copyOf(info))
          .withMessage("info.twice appears twice");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 9, 1_000})
  void everyFieldIsFoundHoweverManyThereAre(int count) {
    Map<String, Object> given = new LinkedHashMap<>();
    for (int i = count; i > 0; i--) {
      given.put("field" + i, i);
    }
    Map<String, Object> info = Info.copyOf(given);

    assertThat(info).isEqualTo(given).hasSize(count).hasToString(given.toString());
    given.forEach((name, value) -> assertThat(info).containsEntry(name, value));
    for (Object none : new Object[] {"", "field", "field0", "field" + (count + 1), "z", 1}) {
      assertThat(info.containsKey(none)).isFalse();
      assertThat(info.get(none)).isNull();
    }
    assertThat(info.get(null)).isNull();
  }

  @Test
  void placesInMessagesAreShortAndWellFormedHoweverLongTheNamesAre() {
    Object value = new int[0];
    for (int i = 0; i < 60; i++) {
      value = Map.of("x".repeat(59) + "\ud83d\ude00" + "y".repeat(9_000), value);
    }
    Object deep = value;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Info.copyOf(Map.of("a", deep)))
        .withMessageStartingWith("info.a.xxx")
        .withMessageContaining("…")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500))
        .satisfies(e -> assertThat(Unicode.hasLoneSurrogate(e.getMessage())).isFalse());
  }

  /** Texts of all places took 50,000 times 600,000 characters. */
  @Test
  void longNamesAroundManyValuesCostNoMoreThanTheirSize() {
    Object value = IntStream.range(0, 50_000).boxed().toList();
    for (int i = 0; i < 60; i++) {
      value = Map.of("n".repeat(9_999), value);
    }
    Object deep = value;

    assertTimeout(Duration.ofSeconds(5), () -> Info.copyOf(Map.of("a", deep)));
  }
}
