package dev.rollcall.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.Wire;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever info holds comes back, to the digit and in its order. */
class InfoOverHttpTest {
  private final ServedRegistry served = new ServedRegistry();
  private final Wire wire = served.wire();

  @AfterEach
  void close() {
    served.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"a\":null,\"b\":[null,[],{}],\"c\":{\"d\":{\"e\":[true,false]}}}",
        "{\"z\":1,\"a\":2,\"m\":3}",
        "{\"int\":2147483647,\"long\":-9223372036854775808,\"big\":1180591620717411303424}",
        "{\"n\":[0,-1,0.1,0.10,1.500,-0.000001,3.14159265358979323846264338327950288419716939937]}",
        "{\"$set\":1,\"a.b\":2,\"\":3,\" \":4,\"__proto__\":5,\"$ref\":\"#/x\",\"@type\":\"x\"}",
        "{\"emoji\":\"😀👩‍👩‍👧‍👦\",\"rtl\":\"שלום\",\"漢字\":\"𝔸\",\"sep\":\"\u2028\u2029\ufeff\"}",
        "{\"html\":\"<script>alert('1')</script>&amp;\"}",
        "{\"escapes\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001F\"}",
        "{\"capabilities\":[\"a\",\"b\"],\"display_name\":\"N\",\"id\":\"other\"}",
      })
  void infoComesBackByteForByte(String info) {
    assertComesBack(info, info);
  }

  @ParameterizedTest
  @CsvSource({
    "1E400, 1E+400",
    "1e-400, 1E-400",
    "1.5e3, 1.5E+3",
    "-12345678901234567890.123456789e-7, -1234567890123.4567890123456789",
    "1e999999999, 1E+999999999"
  })
  void aNumberWithAnExponentKeepsItsDigitsAndItsScale(String sent, String got) {
    assertComesBack("{\"n\":" + sent + "}", "{\"n\":" + got + "}");
  }

  @ParameterizedTest
  @CsvSource({"\\u00e9, é", "\\ud83d\\ude00, 😀", "\\/, /", "\\u003c, <"})
  void anEscapeThatJsonDoesNotNeedComesBackAsItsCharacter(String sent, String got) {
    assertComesBack("{\"k\":\"" + sent + "\"}", "{\"k\":\"" + got + "\"}");
  }

  private void assertComesBack(String sent, String got) {
    Answer registered = wire.register("{\"id\":\"a\",\"url\":\"http://h\",\"info\":" + sent + "}");
    assertThat(registered.status()).as(registered.text()).isEqualTo(201);

    String expected = "\"info\":" + got + ",\"registered_at\"";
    assertThat(wire.get("/services/a").text()).contains(expected);
    assertThat(wire.get("/services").text()).contains(expected);
    assertThat(wire.delete("/services/a").text()).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 63})
  void infoMayBeNestedSixtyFourLevelsDeep(int levels) {
    String info = "{\"k\":" + "[".repeat(levels) + "]".repeat(levels) + "}";

    assertComesBack(info, info);
  }
}
