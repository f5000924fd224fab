package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTextTest {
  @ParameterizedTest
  @CsvSource({
    "plain text, plain text",
    "ünïcode 😀, ünïcode 😀",
    "'a\r\nINFO forged', a\\r\\nINFO forged",
    "'\u001b[2J', \\u001b[2J",
    "'\u202egnp.exe', \\u202egnp.exe",
    "'\u2066x\u2069', \\u2066x\\u2069",
    "'\u2028x\u0085', \\u2028x\\u0085",
    "'\u0000\u0007\u007f', \\u0000\\u0007\\u007f",
    "'\ud800', \\ud800",
    "'\ufeff', \\ufeff"
  })
  void whatIsNotPlainIsEscaped(String text, String shown) {
    assertThat(LogText.of(text)).isEqualTo(shown);
  }

  @Test
  void aLongTextIsCutAndNoneIsEmpty() {
    assertThat(LogText.of("x".repeat(100_000))).hasSize(1_001).endsWith("…");
    assertThat(LogText.of("😀".repeat(1_000))).endsWith("😀");
    assertThat(LogText.of((String) null)).isEmpty();
  }

  @Test
  void aFailureKeepsItsPlacesAndCausesWithItsMessagesEscaped() {
    var cause = new IllegalArgumentException("inner\n\tat forged.Class");
    var failure = new IllegalStateException("outer\u001b[31m", cause);
    var out = new StringWriter();

    LogText.of((Throwable) failure).printStackTrace(new PrintWriter(out, true));

    assertThat(out.toString())
        .startsWith("java.lang.IllegalStateException: outer\\u001b[31m")
        .contains("Caused by: java.lang.IllegalArgumentException: inner\\n\\tat forged.Class")
        .contains("LogTextTest.aFailureKeepsItsPlaces")
        .doesNotContain("\u001b", "\tat forged");
  }
}
