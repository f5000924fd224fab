package dev.rollcall.http.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptHeaderTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/event-stream",
        "Text/Event-Stream;q=0.5",
        "text/event-stream, application/json",
        "text/event-stream, */*",
        "*/*, text/event-stream",
        "application/json;q=0.8, text/event-stream;charset=utf-8;q=0.9",
        "application/json;q=0.9,text/event-stream"
      })
  void aClientThatNamesStreamsBeforeJsonGetsOne(String accept) {
    assertThat(AcceptHeader.prefersStream(List.of(accept))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*/*",
        "application/json",
        "application/json, text/event-stream, application/problem+json",
        "application/json, text/event-stream;q=0.9",
        "text/event-stream;q=0.5, application/json",
        "text/event-stream;q=0",
        "text/event-stream; q=0.000",
        "text/event-streams"
      })
  void anyOtherGetsJson(String accept) {
    assertThat(AcceptHeader.prefersStream(List.of(accept))).isFalse();
  }

  @Test
  void theHeaderMayComeSeveralTimes() {
    assertThat(AcceptHeader.prefersStream(List.of("text/html", "text/event-stream"))).isTrue();
    assertThat(AcceptHeader.prefersStream(List.of("application/json", "text/event-stream")))
        .isFalse();
    assertThat(AcceptHeader.prefersStream(List.of())).isFalse();
  }
}
