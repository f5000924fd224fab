package dev.rollcall.contract;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Values at and beyond the bounds of the protocol. */
public final class Samples {
  private Samples() {}

  /** Returns urls that a service may have. */
  public static Stream<String> urls() {
    return Stream.of(
        "http://h",
        "HTTP://H",
        "https://h:443",
        "http://h:",
        "http://h:0",
        "http://h:65535/",
        "http://my_service:8000",
        "http://192.168.0.1:80/a/b?c=d#e",
        "http://[::1]:8000",
        "http://[fe80::1%eth0]/x",
        "http://h/path@user",
        "http://h?q=@:/?#f",
        "http://bücher.example/ü?ö=€#😀",
        "http://h/" + "x".repeat(2048 - 9));
  }

  /** Returns texts that are no url of a service. */
  public static Stream<String> badUrls() {
    return Stream.of(
        "",
        " ",
        "h",
        "/path",
        "//h",
        "http:",
        "http:/h",
        "http://",
        "http:///path",
        "http://:80",
        "http://?q",
        "http://#f",
        "http://user@",
        "http://user@host",
        "http://user:s3cret@host/path",
        "HTTPS://:@host",
        "http://user:s3cret@[::1]:80",
        "http://a@b@host",
        "http://h:65536",
        "http://h:123456",
        "http://h:8x",
        "http://h:-1",
        "http://h:\u0668\u0660",
        "http\u017f://h",
        "http://[::1",
        "http://[zz]",
        "http://h a",
        "http://h/a b",
        "http://h/\n",
        "http://h/\u0000",
        "http://h/\u2028",
        "http://h/\u00a0",
        "http://h\\@evil",
        "http://h/\ud83d",
        "ftp://h",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "unix:/s",
        "http://h/" + "x".repeat(2048 - 8));
  }

  /** Returns texts that are no id of a service. */
  public static Stream<String> badIds() {
    return Stream.of(
        "",
        " ",
        ".",
        "..",
        ".a",
        "-a",
        "_a",
        "$register",
        "a b",
        "a/b",
        "a%2Fb",
        "a?b",
        "a#b",
        "a;b",
        "a\\b",
        "a:b",
        "a\n",
        "a\u0000",
        "ä",
        "aé",
        "a\u0660",
        "ａ",
        "😀",
        "x".repeat(129),
        "x".repeat(10_000));
  }

  /** Returns ttls that a service may ask for. */
  public static Stream<Duration> ttls() {
    return Stream.of(
        Duration.ofSeconds(1),
        Duration.ofMillis(1_001),
        Duration.ofMillis(29_999),
        Duration.ofSeconds(86_400));
  }

  /** Returns ttls that no service may ask for. */
  public static Stream<Duration> badTtls() {
    return Stream.of(
        Duration.ZERO,
        Duration.ofSeconds(-30),
        Duration.ofMillis(999),
        Duration.ofMillis(86_400_001),
        Duration.ofSeconds(Long.MAX_VALUE),
        Duration.ofSeconds(Long.MIN_VALUE),
        Duration.ofSeconds(30, 1));
  }

  /** Returns infos that come back exactly. */
  public static Stream<Map<String, Object>> infos() {
    return Stream.of(
        Map.of(),
        info("null", null, "list", Arrays.asList(null, null), "nested", info("null", null)),
        info("int", Integer.MAX_VALUE, "long", Long.MIN_VALUE, "big", BigInteger.TWO.pow(70)),
        info("huge", BigInteger.TEN.pow(300).negate(), "zero", 0, "minus", -1),
        info("tenth", new BigDecimal("0.1"), "scale", new BigDecimal("1.500")),
        info("pi", new BigDecimal("3.14159265358979323846264338327950288419716939937510")),
        info("tiny", new BigDecimal("1E-400"), "vast", new BigDecimal("1.5E+400")),
        info("true", true, "false", false, "empty", "", "map", Map.of(), "list", List.of()),
        info("$set", 1, "a.b.c", 2, "", 3, " ", 4, "__proto__", 5, "\"\\/\b\f\n\r\t", 6),
        info("emoji", "😀👩‍👩‍👧‍👦", "nul", "\u0000", "line", "\u2028\u2029", "bom", "\ufeff"),
        info(
            "rtl",
            "שלום",
            "cjk",
            "漢字",
            "astral",
            "\ud835\udd38",
            "nonchar",
            "\uffff",
            "del",
            "\u007f"),
        info("<script>", "</script><!--", "quote", "'\"`"),
        info("id", "a", "display_name", "A", "capabilities", List.of("a", "b")),
        info(
            "mixed", Arrays.asList(1, "1", 1L + Integer.MAX_VALUE, null, true, List.of(List.of()))),
        info("long text", "é".repeat(10_000)),
        info(
            "long integers",
            List.of(BigInteger.TEN.pow(999), BigInteger.TEN.pow(1_000).subtract(BigInteger.ONE))),
        info("long decimal", new BigDecimal("-0." + "1".repeat(997))),
        info("beyond", List.of(new BigDecimal("1E+2147483647"), new BigDecimal("1.5E-99"))),
        info("n".repeat(10_000), 1, "é".repeat(10_000), 2, "漢".repeat(10_000), 3),
        deep(64),
        wide(1_000));
  }

  /** Returns infos that no registration may have, since not every reader could read them. */
  public static Stream<Map<String, Object>> badInfos() {
    return Stream.of(
        info("integer", BigInteger.TEN.pow(1_000)),
        info("negative", BigInteger.TEN.pow(999).negate()),
        info("decimal", new BigDecimal("0." + "1".repeat(999))),
        info("small", new BigDecimal("1." + "2".repeat(997) + "e-6")),
        info("exponent", new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE)),
        info("n".repeat(10_001), 1),
        info("half", "\ud83d"),
        info("half \ude00", 1),
        deep(65));
  }

  private static Map<String, Object> info(Object... keysAndValues) {
    Map<String, Object> info = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      info.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return info;
  }

  /** Returns an info of so many levels, maps and lists in turn. */
  public static Map<String, Object> deep(int levels) {
    Object value = "the bottom";
    for (int level = levels; level > 1; level--) {
      value = level % 2 == 0 ? new ArrayList<>(List.of(value)) : info("down", value);
    }
    return info("down", value);
  }

  private static Map<String, Object> wide(int keys) {
    Map<String, Object> info = new LinkedHashMap<>();
    for (int i = keys; i > 0; i--) {
      info.put("key" + i, i);
    }
    return info;
  }
}
