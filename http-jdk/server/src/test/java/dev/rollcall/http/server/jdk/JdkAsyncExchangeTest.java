package dev.rollcall.http.server.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class JdkAsyncExchangeTest {
  private static final List<String> NAMES =
      List.of(
          "Authorization",
          "Content-Length",
          "Host",
          "Origin",
          "Sec-Fetch-Site",
          "Transfer-Encoding",
          "X-Forwarded-For",
          "X-Request-Id",
          "X-Service-Key");

  @Test
  void aHeaderIsFoundInWhateverCaseItIsSentAndOneThatIsNotSentIsAbsent() {
    for (String sent : NAMES) {
      String lower = sent.toLowerCase(Locale.ROOT);
      String upper = sent.toUpperCase(Locale.ROOT);
      for (String spelling : List.of(sent, lower, upper)) {
        var headers = new Headers();
        headers.add(spelling, "1");
        headers.add(spelling, "2");
        JdkAsyncExchange exchange = exchange(headers);
        for (String asked : NAMES) {
          assertThat(exchange.headers(asked))
              .as("%s where %s was sent", asked, spelling)
              .isEqualTo(asked.equals(sent) ? List.of("1", "2") : List.of());
        }
        assertThat(exchange.headers(lower)).containsExactly("1", "2");
      }
    }
  }

  private static JdkAsyncExchange exchange(Headers requestHeaders) {
    return new JdkAsyncExchange(
        new StubExchange(requestHeaders, OutputStream.nullOutputStream()),
        "",
        Runnable::run,
        false);
  }
}
