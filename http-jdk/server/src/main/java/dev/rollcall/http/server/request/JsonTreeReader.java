package dev.rollcall.http.server.request;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.rollcall.http.server.problem.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body as a tree of maps, lists and values, and takes room for each before it is made: a
 * few bytes of JSON such as {@code [],} become dozens of bytes of objects.
 */
final class JsonTreeReader {
  // What a value takes of a heap with compressed references: in the tree, in the immutable copy
  // that a registration makes of it, and in the parser's set of an object's names.
  private static final int OBJECT = 400;
  private static final int FIELD = 160;
  private static final int ARRAY = 120;
  private static final int ELEMENT = 16;
  private static final int TEXT = 40;
  private static final int BYTES_PER_CHAR = 2;
  private static final int NUMBER = 32;

  /** Room is taken at this many bytes at a time. */
  private static final int STEP = 8 << 10;

  private final JsonParser json;
  private final RequestBody body;
  private long untaken;

  private JsonTreeReader(JsonParser json, RequestBody body) {
    this.json = json;
    this.body = body;
  }

  /**
   * Reads the value at a parser's current token.
   *
   * @param body takes the room
   * @throws ProblemException if there is no room for it
   * @throws StreamConstraintsException if a part of it is beyond its bound: nested too deep, too
   *     long, or a number beyond any range
   */
  static @Nullable Object read(JsonParser json, RequestBody body) throws IOException {
    var reader = new JsonTreeReader(json, body);
    Object value = reader.value(json.currentToken());
    body.take(reader.untaken);
    return value;
  }

  private void take(int bytes) {
    untaken += bytes;
    if (untaken >= STEP) {
      body.take(untaken);
      untaken = 0;
    }
  }

  private @Nullable Object value(JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> text();
      case VALUE_NUMBER_INT -> {
        take(NUMBER + json.getTextLength());
        yield json.getNumberValue();
      }
      case VALUE_NUMBER_FLOAT -> {
        take(2 * NUMBER + json.getTextLength());
        yield json.getDecimalValue();
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new JsonParseException(json, "unexpected " + token);
    };
  }

  private String text() throws IOException {
    take(TEXT + BYTES_PER_CHAR * json.getTextLength());
    return json.getText();
  }

  private Map<String, @Nullable Object> object() throws IOException {
    take(OBJECT);
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      take(FIELD + TEXT + BYTES_PER_CHAR * name.length());
      object.put(name, value(json.nextToken()));
    }
    return object;
  }

  private List<@Nullable Object> array() throws IOException {
    take(ARRAY);
    List<@Nullable Object> array = new ArrayList<>(2);
    for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
      take(ELEMENT);
      array.add(value(next));
    }
    return array;
  }
}
