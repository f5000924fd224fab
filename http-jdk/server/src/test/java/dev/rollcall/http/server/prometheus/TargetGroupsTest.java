package dev.rollcall.http.server.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rollcall.Service;
import dev.rollcall.http.wire.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetGroupsTest {
  private static Service service(String id, String url, Map<String, Object> info) {
    Instant then = Instant.EPOCH;
    return new Service(id, "n", url, info, then, then, then, then, 0);
  }

  private static String written(Service... services) throws IOException {
    var text = new StringWriter();
    try (JsonGenerator json = Json.FACTORY.createGenerator(text)) {
      TargetGroups.write(json, List.of(services));
    }
    return text.toString();
  }

  @Test
  void aServiceThatNobodyCanScrapeIsLeftOut() throws IOException {
    assertThat(
            written(
                service("a", "http://user:secret@h", Map.of()),
                service("b", "https://[::1]/", Map.of("k", "v"))))
        .isEqualTo(
            "[{\"targets\":[\"[::1]:443\"],\"labels\":{\"__meta_rollcall_id\":\"b\","
                + "\"__meta_rollcall_name\":\"n\",\"__meta_rollcall_url\":\"https://[::1]/\","
                + "\"__meta_rollcall_scheme\":\"https\",\"__meta_rollcall_base_path\":\"\","
                + "\"__meta_rollcall_info_k\":\"v\"}}]");
  }

  @Test
  void noMemberOfAnInfoReplacesALabelOfTheServiceItself() throws IOException {
    String written = written(service("a", "http://h", Map.of("id", "other", "../name", "x")));

    assertThat(written).contains("\"__meta_rollcall_id\":\"a\"", "_info_id\":\"other\"");
    assertThat(written).contains("\"__meta_rollcall_name\":\"n\"", "_info____name\":\"x\"");
  }
}
