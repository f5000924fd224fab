package dev.rollcall.http.server.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InfoLabelsTest {
  private static final String PREFIX = "__meta_rollcall_info_";

  private static Map<String, Object> info(Object... namesAndValues) {
    Map<String, Object> info = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      info.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return info;
  }

  @Test
  void textsNumbersAndTruthsAreLabelsAsAConditionComparesThem() {
    assertThat(
            InfoLabels.of(
                info(
                    "zone",
                    "eu-1",
                    "weight",
                    3,
                    "big",
                    new BigInteger("9".repeat(30)),
                    "price",
                    new BigDecimal("1.50"),
                    "canary",
                    true,
                    "nothing",
                    null)))
        .containsExactly(
            Map.entry(PREFIX + "zone", "eu-1"),
            Map.entry(PREFIX + "weight", "3"),
            Map.entry(PREFIX + "big", "9".repeat(30)),
            Map.entry(PREFIX + "price", "1.50"),
            Map.entry(PREFIX + "canary", "true"));
  }

  @Test
  void thePathOfANestedMemberIsJoinedByUnderscores() {
    assertThat(InfoLabels.of(info("build", info("zone", info("name", "eu-1"), "number", 7))))
        .containsExactly(
            Map.entry(PREFIX + "build_zone_name", "eu-1"), Map.entry(PREFIX + "build_number", "7"));
  }

  @Test
  void eachItemOfAListStandsBetweenTwoCommas() {
    assertThat(
            InfoLabels.of(
                info(
                    "tags",
                    Arrays.asList("blue", 2, null, List.of("x"), info("y", 1), false),
                    "none",
                    List.of())))
        .containsExactly(
            Map.entry(PREFIX + "tags", ",blue,2,false,"), Map.entry(PREFIX + "none", ","));
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "a-b.c/d e, a_b_c_d_e",
    "Größe, Gr__e",
    "名前, __",
    "x\uD83D\uDE00y, x_y",
    "__name__, __name__",
    "9, 9"
  })
  void aNameHasOnlyCharactersThatPrometheusTakes(String name, String label) {
    assertThat(InfoLabels.of(info(name, "v"))).containsExactly(Map.entry(PREFIX + label, "v"));
  }

  @Test
  void ofMembersWithTheSameLabelTheFirstCounts() {
    assertThat(InfoLabels.of(info("a.b", 1, "a", info("b", 2), "a_b", 3)))
        .containsExactly(Map.entry(PREFIX + "a_b", "1"));
  }

  @Test
  void thereAreAtMostAHundredLabels() {
    Map<String, Object> many = new LinkedHashMap<>();
    for (int i = 0; i < 50; i++) {
      many.put("a" + i, i);
      many.put("b" + i, info("x", i, "y", i));
    }

    assertThat(InfoLabels.of(many)).hasSize(100).doesNotContainKey(PREFIX + "a49");
  }

  /** A long name would otherwise be repeated for each of the members below it. */
  @Test
  void aMemberWhoseLabelWouldBeTooLongHasNone() {
    int room = InfoLabels.MAX_NAME - PREFIX.length();
    String longest = "n".repeat(room);

    assertThat(InfoLabels.of(info(longest + "n", 1, longest, 2, "m".repeat(room), info("x", 3))))
        .containsExactly(Map.entry(PREFIX + longest, "2"));
  }

  @Test
  void aMemberWhoseValueIsTooLongHasNoLabel() {
    String longest = "v".repeat(InfoLabels.MAX_VALUE);
    String inList = longest.substring(2);

    assertThat(
            InfoLabels.of(
                info(
                    "a",
                    longest + "v",
                    "b",
                    longest,
                    "c",
                    List.of(inList + "v"),
                    "d",
                    List.of(inList))))
        .containsOnlyKeys(PREFIX + "b", PREFIX + "d");
  }
}
