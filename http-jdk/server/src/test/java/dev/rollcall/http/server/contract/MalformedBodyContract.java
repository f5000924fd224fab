package dev.rollcall.http.server.contract;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.TestServer;
import dev.rollcall.http.server.harness.Wire;
import java.nio.charset.Charset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are no JSON of ours get a clear answer and change nothing. */
@SuppressWarnings("this-escape") // A subclass only says how it serves.
public abstract class MalformedBodyContract extends EndpointsContract {
  private static final String VALID = "{\"id\":\"a\",\"url\":\"http://h\",\"info\":{}}";

  private final TestServer served = serve(endpoints -> endpoints);
  private final Wire wire = served.wire();
  private String before = "";

  @BeforeEach
  void register() {
    wire.registered("a");
    before = wire.get("/services").text();
  }

  @AfterEach
  void nothingHasChanged() {
    assertThat(wire.get("/services").text()).isEqualTo(before);
    served.close();
  }

  private void assertMalformed(byte[] body, String... saying) {
    assertProblem(wire.register(body), 400, "malformed").at("/services/$register").saying(saying);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "}",
        "{\"url\":",
        "{\"url\":\"http://h\",}",
        "{\"url\":\"http://h\" \"info\":{}}",
        "{'url':'http://h'}",
        "{url:\"http://h\"}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":0x1}",
        "{\"a\":tru}",
        "{\"a\":\"\\x\"}",
        "{\"\\ud83d\":1}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\u0000\"}",
        "// comment\n{}",
        "{}{}",
        "{} x",
        "\ufeff{}",
        " ",
        "\u0000",
        "url=http://h&info=x",
        "<xml/>"
      })
  void brokenJsonIsToldWhereItBreaks(String body) {
    assertMalformed(body.getBytes(UTF_8), "not valid JSON at line 1");
  }

  @Test
  void theLineAndTheColumnAreThoseOfTheBody() {
    assertMalformed("{\n  \"url\": oops\n}".getBytes(UTF_8), "line 2, column 10");
  }

  @Test
  void aMissingBodyIsToldWhatIsMissing() {
    assertMalformed(new byte[0], "empty");
    assertProblem(wire.send("POST", "/services/$register"), 400, "malformed").saying("empty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"b\",\"id\":\"c\",\"url\":\"http://h\",\"info\":{}}",
        "{\"id\":\"b\",\"url\":\"http://h\",\"info\":{\"k\":1,\"\\u006b\":1}}",
        "{\"id\":\"b\",\"url\":\"http://h\",\"info\":{\"k\":[{\"x\":1,\"x\":1}]}}",
        "{\"id\":\"b\",\"url\":\"http://h\",\"info\":{},\"unknown\":{\"x\":1,\"x\":2}}"
      })
  void aKeyThatStandsTwiceIsRefused(String body) {
    assertMalformed(body.getBytes(UTF_8), "no key may stand twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00c0\u00af", // an overlong slash
        "\u00e0\u0080\u0080", // an overlong NUL
        "\u00f0\u0082\u0082\u00ac", // an overlong euro sign
        "\u0080", // a continuation of nothing
        "\u00c3", // a start without its continuation
        "\u00ed\u00a0\u0080", // a surrogate
        "\u00ed\u00a0\u00bd\u00ed\u00b8\u0080", // a pair of surrogates, each by itself
        "\u00f4\u0090\u0080\u0080", // beyond Unicode
        "\u00fe",
        "\u00ff"
      })
  void bytesThatAreNoUtf8AreRefusedWhereverTheyStand(String bytes) {
    assertMalformed(
        ("{\"url\":\"http://h\",\"info\":{\"k\":\"" + bytes + "\"}}").getBytes(ISO_8859_1),
        "not UTF-8");
    assertMalformed(("{\"" + bytes + "\":1}").getBytes(ISO_8859_1), "not UTF-8");
    assertMalformed((VALID + bytes).getBytes(ISO_8859_1), "not UTF-8");
  }

  @Test
  void jsonInAnotherEncodingIsRefused() {
    for (Charset charset : List.of(UTF_16, UTF_16LE, Charset.forName("UTF-32"))) {
      assertMalformed(VALID.getBytes(charset), "The body is not");
    }
    String latin1 = "{\"url\":\"http://h\",\"info\":{\"k\":\"é\"}}";
    assertMalformed(latin1.getBytes(ISO_8859_1), "not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "{\"info\":[", "[{\"x\":"})
  void nestingWithoutEndIsRefused(String level) {
    assertMalformed(level.repeat(100_000).getBytes(UTF_8), "nested too deep");
  }

  @Test
  void closedNestingThatIsTooDeepIsRefusedWhereverItStands() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);

    assertMalformed(deep.getBytes(UTF_8), "nested too deep");
    assertMalformed(VALID.replace("{}", "{\"k\":" + deep + "}").getBytes(UTF_8), "too deep");
    assertMalformed(VALID.replace("}}", "},\"unknown\":" + deep + "}").getBytes(UTF_8), "too deep");
  }

  @Test
  void infoThatIsALevelTooDeepIsNamed() {
    String info = "{\"k\":" + "[".repeat(64) + "]".repeat(64) + "}";

    assertProblem(wire.register(VALID.replace("{}", info)), 422, "invalid")
        .pointingAt("/info")
        .saying("deeper than 64 levels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e99999999999", "1e-99999999999"})
  void anExponentBeyondAnyRangeIsRefused(String number) {
    assertMalformed(VALID.replace("{}", "{\"k\":" + number + "}").getBytes(UTF_8), "number");
    assertMalformed(("{\"ttl_seconds\":" + number + "}").getBytes(UTF_8), "number");
  }

  @Test
  void aNumberOrANameWithoutEndIsRefused() {
    assertMalformed(
        VALID.replace("{}", "{\"k\":" + "9".repeat(1_001) + "}").getBytes(UTF_8), "too long");
    assertMalformed(
        VALID.replace("{}", "{\"k\":0." + "1".repeat(900_000) + "}").getBytes(UTF_8), "too long");
    assertMalformed(
        VALID.replace("{}", "{\"" + "k".repeat(900_000) + "\":1}").getBytes(UTF_8), "too long");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json/x",
        "json",
        "*/*",
        "text/html; application/json",
        ";",
        "\u00e9"
      })
  void aBodyThatIsSaidToBeNoJsonIsRefused(String contentType) {
    Answer answer = wire.register(VALID, "Content-Type: " + contentType);

    assertProblem(answer, 415, "unsupported-media-type")
        .at("/services/$register")
        .saying("application/json");
  }

  @Test
  void aPackedBodyIsRefused() {
    assertProblem(wire.register(VALID, "Content-Encoding: gzip"), 415, "unsupported-media-type")
        .saying("Content-Encoding");
  }

  @Test
  void whatIsRepeatedOfTheRequestIsShortAndPlain() {
    String type = "text/<b>\u009b" + "x".repeat(2_000);

    Answer answer = wire.register(VALID, "Content-Type: " + type);

    assertProblem(answer, 415, "unsupported-media-type").saying("text/<b>\ufffd", "…");
    assertThat(answer.json().path("detail").textValue()).hasSizeLessThanOrEqualTo(500);
  }
}
