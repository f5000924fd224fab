package dev.rollcall.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.Ulid;
import dev.rollcall.spi.Claim;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is counted as held, beside what the heap says. */
class HeapEstimateTest {
  private static final long BYTES = 5_000_000;

  static Stream<Arguments> infos() {
    return Stream.of(
        Arguments.of("nothing", info(i -> Map.of())),
        Arguments.of("a few fields", info(HeapEstimateTest::fewFields)),
        Arguments.of("a long text", info(i -> Map.of("k", "x".repeat(100_000)))),
        Arguments.of("a long text beyond Latin-1", info(i -> Map.of("k", "漢".repeat(100_000)))),
        Arguments.of("short texts", info(i -> Map.of("l", many(20_000, k -> "s" + k)))),
        Arguments.of("many fields", info(i -> fields(20_000))),
        Arguments.of("empty objects", info(i -> Map.of("l", many(20_000, k -> Map.of())))),
        Arguments.of("small objects", info(i -> Map.of("l", many(20_000, k -> fields(1))))),
        Arguments.of("small lists", info(i -> Map.of("l", many(20_000, k -> List.of(0))))),
        Arguments.of("deep nesting", info(HeapEstimateTest::deep)),
        Arguments.of("ints", info(i -> Map.of("l", many(20_000, k -> 1_000 + k)))),
        Arguments.of("longs", info(i -> Map.of("l", many(20_000, k -> Long.MAX_VALUE - k)))),
        Arguments.of("long integers", info(i -> Map.of("l", many(200, k -> digits(3_300, k))))),
        Arguments.of("decimals", info(i -> Map.of("l", many(20_000, k -> decimal(k + ".25"))))),
        Arguments.of(
            "long decimals",
            info(i -> Map.of("l", many(200, k -> new BigDecimal(digits(3_000, k), 500))))));
  }

  private static IntFunction<Map<String, ?>> info(IntFunction<Map<String, ?>> info) {
    return info;
  }

  private static Map<String, ?> fewFields(int i) {
    Map<String, Object> info = new LinkedHashMap<>();
    for (String name : List.of("id", "display_name", "version", "team", "capabilities")) {
      info.put(copy(name), "value-" + i);
    }
    info.put(copy("port"), 8_000 + i);
    return info;
  }

  /** As a parser makes it: a string that nobody else holds. */
  @SuppressWarnings("StringCopy")
  private static String copy(String text) {
    return new String(text);
  }

  private static Map<String, Object> fields(int count) {
    Map<String, Object> fields = new HashMap<>();
    for (int i = 0; i < count; i++) {
      fields.put("k" + i, i);
    }
    return fields;
  }

  private static List<Object> many(int count, IntFunction<Object> value) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(value.apply(i));
    }
    return values;
  }

  private static Map<String, ?> deep(int i) {
    Object value = "bottom";
    for (int level = 0; level < 60; level++) {
      value = level % 2 == 0 ? List.of(value) : new HashMap<>(Map.of("level" + i, value));
    }
    return Map.of("down", value);
  }

  private static BigInteger digits(int bits, int seed) {
    return new BigInteger(bits, new Random(seed)).setBit(bits - 1);
  }

  private static BigDecimal decimal(String text) {
    return new BigDecimal(text);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("infos")
  void isNoTenthLessThanWhatIsHeldAndNotTwiceAsMuch(String what, IntFunction<Map<String, ?>> info) {
    try (MemoryTtlStore store = MemoryTtlStore.builder().build()) {
      int i = 0;
      for (; i < 100 && store.bytes() < BYTES / 10; i++) { // what the first ones load stays
        put(store, i, info);
      }
      readAll(store);
      long heldBefore = store.bytes();
      long usedBefore = usedHeap();
      for (; store.bytes() - heldBefore < BYTES; i++) {
        put(store, i, info);
      }
      readAll(store);
      double used = usedHeap() - usedBefore;

      assertThat((store.bytes() - heldBefore) / used).as(what).isBetween(0.9, 2.0);
    }
  }

  /**
   * Has the store keep what it keeps of a reading, such as the texts of decimals; holds no list.
   */
  private static void readAll(MemoryTtlStore store) {
    for (Service service : store.list()) {
      assertThat(service.toString()).isNotEmpty();
    }
  }

  private static void put(MemoryTtlStore store, int i, IntFunction<Map<String, ?>> info) {
    Registration registration =
        Registration.builder("http://host-" + i + ":8000")
            .id("service-" + i)
            .info(info.apply(i))
            .build();
    store.put(new Claim(registration, new Ulid(0, i), Duration.ofDays(1)));
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) { // what other threads leave behind is gone by then
      System.gc();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }
}
