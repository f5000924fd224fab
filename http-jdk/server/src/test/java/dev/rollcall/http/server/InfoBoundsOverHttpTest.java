package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import dev.rollcall.http.wire.Json;
import dev.rollcall.http.wire.ServiceJson;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an info may hold is the same by each way: what one refuses, the other does. */
class InfoBoundsOverHttpTest {
  /** UTF-8 cannot carry it; an escape can. */
  private static final Pattern HALF_A_PAIR = Pattern.compile("\\p{Cs}");

  private final ServedRegistry served = new ServedRegistry();
  private final Wire wire = served.wire();

  @AfterEach
  void close() {
    served.close();
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#infos")
  void whatARegistrationInProcessMayHoldIsTakenOverHttp(Map<String, Object> info)
      throws IOException {
    Answer answer = wire.register(body(info));

    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badInfos")
  void whatItMayNotHoldIsRefusedOverHttp(Map<String, Object> info) throws IOException {
    Answer answer = wire.register(body(info));

    assertThat(answer.status()).as(answer.text()).isIn(400, 422);
    assertThat(wire.get("/services").text()).contains("\"count\":0");
  }

  private static String body(Map<String, Object> info) throws IOException {
    StringWriter text = new StringWriter();
    try (var json = Json.FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("url", "http://h");
      json.writeFieldName("info");
      ServiceJson.writeValue(json, info);
      json.writeEndObject();
    }
    return HALF_A_PAIR
        .matcher(text.toString())
        .replaceAll(half -> "\\\\u" + Integer.toHexString(half.group().charAt(0)));
  }
}
