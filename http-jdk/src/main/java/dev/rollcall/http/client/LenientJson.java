package dev.rollcall.http.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rollcall.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * JSON as registries may answer it: deeper than Rollcall's own, with keys that stand twice. What is
 * no service in it is skipped then, and hides none of the others.
 */
final class LenientJson {
  /** The largest answer that holds one service at most. */
  private static final int MAX_BYTES = 16 << 20;

  private static final int MAX_DEPTH = 1_000;

  private static final ObjectReader ANY =
      JsonMapper.builder(
              Json.FACTORY
                  .rebuild()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build()
          .readerFor(Object.class);

  private LenientJson() {}

  /**
   * Reads the body of an answer; what is no JSON object counts as an empty one.
   *
   * @throws IOException if the body breaks off, or is too large
   */
  static Map<?, ?> objectIn(Response response) throws IOException {
    try (InputStream body = new BoundedInput(response.body().byteStream(), MAX_BYTES)) {
      return object(body.readAllBytes());
    }
  }

  /** Reads the body of an answer whose status says it all: one that breaks off counts as empty. */
  static Map<?, ?> objectIfWhole(Response response) {
    try {
      return objectIn(response);
    } catch (IOException e) {
      return Map.of();
    }
  }

  /** Reads an object; what is none counts as an empty one. */
  static Map<?, ?> object(byte[] json) {
    try {
      return ANY.readValue(json) instanceof Map<?, ?> object ? object : Map.of();
    } catch (JacksonException e) {
      return Map.of();
    } catch (IOException e) {
      throw new AssertionError("no stream was read", e);
    }
  }

  static JsonParser parser(InputStream in) throws IOException {
    return ANY.createParser(in);
  }

  /** Reads the value that a parser stands at. */
  static @Nullable Object value(JsonParser parser) throws IOException {
    return ANY.readValue(parser);
  }
}
