package dev.rollcall.http.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
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

  @ParameterizedTest
  @CsvSource({
    "http://user:password@host:1/path, http://***@host:1/path",
    "http://user@host, http://***@host",
    "http://:password@host, http://***@host",
    "HTTP://u:p@w@host/a, HTTP://***@host/a",
    "http://u:p@host/a@b?c@d, http://***@host/a@b?c@d",
    "http://u:p/w@host/x, http://***@host/x",
    "http://u:p?w#@host, http://***@host",
    "http:\\/u:p@host, http:\\/u:p@host",
    "//u:p@host, //***@host",
    "cannot reach 'http://u:p@h' nor http://v:q@i., cannot reach 'http://***@h' nor http://***@i.",
    "http://h/?next=http://u:p@i/, http://h/?next=http://***@i/",
    "http://host/a@b, http://host/a@b",
    "http://host:80/?mail=a@b, http://host:80/?mail=a@b",
    "http://my_host:80/@, http://my_host:80/@",
    "http://[::1]:80/@, http://[::1]:80/@",
    "mail a@b, mail a@b",
    "http://u:p\u202e@host, http://***@host"
  })
  void credentialsInAUrlAreMasked(String text, String shown) {
    assertThat(LogText.of(text)).isEqualTo(shown);
  }

  @Test
  void credentialsAreMaskedBeforeALongTextIsCut() {
    String text = "http://user:" + "secret".repeat(300) + "@host";

    assertThat(LogText.of(text)).isEqualTo("http://***@host");
    assertThat(LogText.of("http://u:" + "//".repeat(100_000) + "@host")).hasSizeLessThan(1_010);
  }

  @Test
  void escapesAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertThat(LogText.of("\u001b9")).isEqualTo("\\u001b9");
    } finally {
      Locale.setDefault(before);
    }
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
