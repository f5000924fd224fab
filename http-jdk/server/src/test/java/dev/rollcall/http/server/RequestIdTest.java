package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class RequestIdTest {
  private static final String MADE = "[0-9a-f]{16}";
  private static final String LONGEST = "x".repeat(64);

  private final ServedRegistry served = new ServedRegistry();

  @AfterEach
  void close() {
    served.close();
  }

  private String idOfTheAnswerTo(String sent) {
    return served.wire().send("GET", "/services", "X-Request-Id: " + sent).header("X-Request-Id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "01M84S401H4R260E75QAS22SQ3", "web_1.eu-west"})
  void aPlainIdComesBackAsItCame(String id) {
    assertThat(idOfTheAnswerTo(id)).isEqualTo(id);
  }

  @Test
  void sixtyFourCharactersArePlainAndOneMoreIsNot() {
    assertThat(idOfTheAnswerTo(LONGEST)).isEqualTo(LONGEST);
    assertThat(idOfTheAnswerTo(LONGEST + "x")).matches(MADE);
  }

  @Tag("not-on-jetty")
  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\"b", "ä", "a,b", "a=b", "a/b"})
  void anIdThatIsNotPlainIsReplaced(String id) {
    assertThat(idOfTheAnswerTo(id)).matches(MADE);
  }

  @Test
  void eachRequestWithoutOneGetsItsOwn() {
    assertThat(
            IntStream.range(0, 100)
                .mapToObj(i -> served.wire().get("/health").header("X-Request-Id")))
        .allMatch(id -> id.matches(MADE))
        .doesNotHaveDuplicates();
  }

  @Test
  void errorsHaveOneToo() {
    for (String path : new String[] {"/nothing", "/services/nobody", "/services/$register"}) {
      Answer answer = served.wire().send("GET", path, "X-Request-Id: mine");
      assertThat(answer.header("X-Request-Id")).as(path).isEqualTo("mine");
    }
  }

  @Test
  void theLogsContextHasItWhileTheRequestRunsAndNoLonger() {
    var seen = new StringBuilder();
    try (var heard =
        new ServedRegistry(
            handler -> handler.listener(request -> seen.append(MDC.get("request_id"))),
            server -> server)) {
      heard.wire().send("GET", "/services", "X-Request-Id: mine");
    }
    assertThat(seen).hasToString("mine");
    assertThat(MDC.get("request_id")).isNull();
  }
}
