package dev.rollcall.http.server.contract;

import static dev.rollcall.http.server.harness.ProblemAssert.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rollcall.http.server.harness.ProblemAssert;
import dev.rollcall.http.server.harness.RawHttp.Answer;
import dev.rollcall.http.server.harness.TestServer;
import dev.rollcall.http.server.harness.Wire;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields that are wrong are told all at once, each by its pointer, and nothing is registered. */
@SuppressWarnings("this-escape") // A subclass only says how it serves.
public abstract class InvalidFieldsContract extends EndpointsContract {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final TestServer served = serve(endpoints -> endpoints);
  private final Wire wire = served.wire();

  @AfterEach
  void nothingIsRegistered() {
    assertThat(wire.get("/services").json().path("count").intValue()).isZero();
    served.close();
  }

  private ProblemAssert assertInvalid(String body) {
    Answer answer = wire.register(body);
    return assertProblem(answer, 422, "invalid").at("/services/$register");
  }

  /** Writes all but ASCII as escapes: half of a surrogate pair has no bytes. */
  private static String escaped(ObjectNode fields) {
    try {
      return MAPPER.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode valid() {
    ObjectNode fields = MAPPER.createObjectNode();
    fields.put("url", "http://h").putObject("info");
    return fields;
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "[{}]", "1", "0.5", "\"text\"", "true", "1e999999999"})
  void aBodyThatIsNoObjectIsInvalidAsAWhole(String body) {
    assertInvalid(body).pointingAt("").saying("The body must be an object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "true", "[]", "{}", "[\"http://h\"]"})
  void aUrlIsAString(String url) {
    assertInvalid("{\"info\":{},\"url\":" + url + "}")
        .pointingAt("/url")
        .saying("/url: must be a string");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "true", "[]", "\"{}\""})
  void anInfoIsAnObject(String info) {
    assertInvalid("{\"url\":\"http://h\",\"info\":" + info + "}")
        .pointingAt("/info")
        .saying("/info: must be an object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "false", "[]", "{}"})
  void anIdIsAString(String id) {
    assertInvalid("{\"url\":\"http://h\",\"info\":{},\"id\":" + id + "}")
        .pointingAt("/id")
        .saying("/id: must be a string");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "false", "[]", "{}"})
  void aNameIsAString(String name) {
    assertInvalid("{\"url\":\"http://h\",\"info\":{},\"name\":" + name + "}")
        .pointingAt("/name")
        .saying("/name: must be a string");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"30\"", "true", "[30]", "{}"})
  void aTtlIsANumber(String ttl) {
    assertInvalid("{\"url\":\"http://h\",\"info\":{},\"ttl_seconds\":" + ttl + "}")
        .pointingAt("/ttl_seconds")
        .saying("/ttl_seconds: must be a number");
  }

  @Test
  void aUrlAndAnInfoAreRequired() {
    assertInvalid("{}").pointingAt("/url", "/info").saying("2 fields");
    assertInvalid("{\"url\":null,\"info\":null}").pointingAt("/url", "/info");
    assertInvalid("{\"info\":{}}").pointingAt("/url").saying("/url: is required");
    assertInvalid("{\"url\":\"http://h\"}").pointingAt("/info").saying("/info: is required");
  }

  @Test
  void allErrorsAreToldAtOnce() {
    assertInvalid(
            "{\"id\":\"../x\",\"name\":\"a b\",\"url\":\"ftp://h\",\"info\":[],\"ttl_seconds\":0}")
        .pointingAt("/url", "/info", "/id", "/name", "/ttl_seconds")
        .saying("5 fields");
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badUrls")
  void aUrlThatIsNoneOfAServiceIsRefused(String url) {
    assertInvalid(escaped(valid().put("url", url))).pointingAt("/url");
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badIds")
  void anIdThatIsNoneIsRefused(String id) {
    assertInvalid(escaped(valid().put("id", id))).pointingAt("/id");
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badIds")
  void aNameThatIsNoneIsRefused(String name) {
    assertInvalid(escaped(valid().put("name", name))).pointingAt("/name");
  }

  @ParameterizedTest
  @MethodSource("dev.rollcall.contract.Samples#badIds")
  void anIdInInfoThatIsNoneIsRefused(String id) {
    ObjectNode fields = valid();
    fields.putObject("info").put("id", id.isEmpty() ? " " : id);

    assertInvalid(escaped(fields)).pointingAt("/info/id").saying("info.id is not a service id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"k\":\"\\ud83d\"}",
        "{\"k\":\"\\ude00\\ud83d\"}",
        "{\"a\":[{\"b\":\"\\udfff\"}]}"
      })
  void halfOfASurrogatePairInInfoIsRefused(String info) {
    assertInvalid("{\"url\":\"http://h\",\"info\":" + info + "}")
        .pointingAt("/info")
        .saying("surrogate");
  }

  @Test
  void controlCharactersAreNotRepeated() {
    assertInvalid("{\"url\":\"http://h\",\"info\":{\"\\u001b[2J\\r\\n\\u0000\":\"\\ud800\"}}")
        .pointingAt("/info")
        .saying("\ufffd[2J\ufffd\ufffd\ufffd");
  }

  @Test
  void whatTurnsTheDirectionOfTextIsNotRepeated() {
    assertInvalid("{\"url\":\"http://h\",\"info\":{\"\\u202egnp.exe\\u2028\":\"\\ud800\"}}")
        .pointingAt("/info")
        .saying("\ufffdgnp.exe\ufffd");
  }
}
