package dev.rollcall.http.client.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rollcall.http.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as other registries may send it: nested deeper than Rollcall's own, with duplicate
 * keys. What cannot be read counts as missing; no exception of the parser escapes.
 */
public final class LenientJson {
  /** The size limit of an answer that holds at most one service. */
  public static final int MAX_BYTES = 16 << 20;

  private static final int MAX_DEPTH = 1_000;
  private static final char REPLACEMENT = '\ufffd';

  private static final ObjectReader ANY =
      JsonMapper.builder(
              Json.FACTORY
                  .rebuild()
                  .recyclerPool(Json.BUFFERS) // rebuild() does not copy it
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(Object.class);

  private static final ObjectReader NEXT =
      ANY.without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private LenientJson() {}

  /**
   * Reads the body of an answer that holds one service at most.
   *
   * @throws IOException if the body breaks off, or is too large
   */
  public static byte[] bodyOf(Response response) throws IOException {
    try (InputStream body = new BoundedInputStream(response.body().byteStream(), MAX_BYTES)) {
      return body.readAllBytes();
    }
  }

  /** Reads an object. Anything else counts as an empty one. */
  public static Map<?, ?> object(byte[] json) {
    try {
      return value(decode(json)) instanceof Map<?, ?> object ? object : Map.of();
    } catch (CharacterCodingException e) {
      return Map.of();
    }
  }

  /** Reads a value; null if it cannot be read. */
  static @Nullable Object value(String json) {
    try {
      return ANY.readValue(json);
    } catch (JacksonException e) {
      return null;
    } catch (RuntimeException e) {
      return null; // Jackson throws this for an exponent of more than ten digits
    }
  }

  /** Returns a parser for reading values one by one. Its exceptions are not caught. */
  static JsonParser parser(Reader json) throws IOException {
    return ANY.createParser(json);
  }

  /**
   * Reads the value at a parser's current token, and leaves the parser at the value's last token.
   *
   * @param token the current token
   */
  static @Nullable Object next(JsonParser json, JsonToken token) throws IOException {
    return switch (token) {
      // Reading these directly is faster than starting the mapper.
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT -> json.getNumberValue();
      default -> NEXT.readValue(json);
    };
  }

  /**
   * Decodes UTF-8 at the speed of the JDK's own loops, and strictly only if those may have failed.
   */
  private static String decode(byte[] json) throws CharacterCodingException {
    String text = new String(json, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0
        ? text
        : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
  }
}
