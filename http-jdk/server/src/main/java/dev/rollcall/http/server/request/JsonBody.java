package dev.rollcall.http.server.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.rollcall.http.server.problem.Problem;
import dev.rollcall.http.server.problem.ProblemException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;

/** Reads bodies of JSON. One that is not JSON is refused as malformed. */
final class JsonBody {
  private JsonBody() {}

  /** Reads the one value of a body. */
  @FunctionalInterface
  interface ValueReader<T> {
    /**
     * Reads the value.
     *
     * @param json is at the value's first token, and must be left at its last
     */
    T read(JsonParser json) throws IOException;
  }

  /**
   * Reads a body.
   *
   * @param factory creates the parser, and bounds what it takes
   * @param expected says what the body should be, such as "a registration is a JSON object"
   * @throws ProblemException if it is empty, not UTF-8, not JSON, or beyond a bound of the parser
   */
  static <T> T read(JsonFactory factory, RequestBody body, String expected, ValueReader<T> reader) {
    if (body.length() == 0) {
      throw new ProblemException(Problem.malformed("The body is empty; " + expected));
    }
    try {
      return parse(factory, body, reader);
    } catch (CharacterCodingException e) {
      throw new ProblemException(Problem.malformed("The body is not UTF-8"));
    } catch (StreamConstraintsException e) {
      throw new ProblemException(
          Problem.malformed(
              "The JSON is nested too deep, or a name or a number in it is too long or beyond any"
                  + " range"));
    } catch (JacksonException e) {
      // Its message speaks of the parser's classes.
      JsonLocation at = e.getLocation();
      throw new ProblemException(
          Problem.malformed(
              at == null
                  ? "The body is not valid JSON"
                  : "The body is not valid JSON at line "
                      + at.getLineNr()
                      + ", column "
                      + at.getColumnNr()
                      + " (no key may stand twice)"));
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory failed", e);
    }
  }

  private static <T> T parse(JsonFactory factory, RequestBody body, ValueReader<T> reader)
      throws IOException {
    // A new decoder reports what others would replace.
    try (var text = new InputStreamReader(body.open(), UTF_8.newDecoder());
        JsonParser json = factory.createParser(text)) {
      if (json.nextToken() == null) {
        throw new JsonParseException(json, "there is no value");
      }
      T value = reader.read(json);
      if (json.nextToken() != null) {
        throw new JsonParseException(json, "there is more than one value");
      }
      return value;
    } catch (ProblemException e) {
      throw e;
    } catch (RuntimeException e) {
      // So Jackson says that an exponent has more than ten digits.
      throw new StreamConstraintsException("a value is beyond any range: " + e);
    }
  }
}
