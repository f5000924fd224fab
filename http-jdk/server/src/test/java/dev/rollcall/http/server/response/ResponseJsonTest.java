package dev.rollcall.http.server.response;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rollcall.Lease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseJsonTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  /** A registry that is not ours may have ids of any kind. */
  @ParameterizedTest
  @ValueSource(
      strings = {"a", "my-service", "a.b_c-1", "a\"b", "a\\b", "\"", "a\nb", "\u0001", "\u00e9"})
  void theAnswerToAPingIsAsAGeneratorOfJsonWouldWriteIt(String id) throws IOException {
    Instant expiry = Instant.parse("2026-11-23T18:02:12.978Z");
    String json = written(ResponseJson.alive(Lease.of(id, TTL, expiry)));

    String expected =
        "{\"id\":"
            + new ObjectMapper().writeValueAsString(id)
            + ",\"status\":\"alive\",\"last_ping_at\":\"2026-11-23T18:01:42.978Z\""
            + ",\"expires_at\":\"2026-11-23T18:02:12.978Z\"}";
    assertThat(json).isEqualTo(expected);
  }

  private static String written(ResponseBody body) throws IOException {
    var out = new ByteArrayOutputStream();
    body.writeTo(out);
    return out.toString(UTF_8);
  }
}
