package dev.rollcall.http.client;

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
 * JSON as registries may answer it: deeper than Rollcall's own, with keys that stand twice. What
 * cannot be read counts as nothing; no exception of the parser comes out.
 */
final class LenientJson {
  /** The largest answer that holds one service at most. */
  static final int MAX_BYTES = 16 << 20;

  private static final int MAX_DEPTH = 1_000;
  private static final char REPLACEMENT = '\ufffd';

  private static final ObjectReader ANY =
      JsonMapper.builder(
              Json.FACTORY
                  .rebuild()
                  .recyclerPool(Json.BUFFERS) // which is not taken over
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
  static byte[] bodyOf(Response response) throws IOException {
    try (InputStream body = new BoundedInputStream(response.body().byteStream(), MAX_BYTES)) {
      return body.readAllBytes();
    }
  }

  /** Reads an object; what is none counts as an empty one. */
  static Map<?, ?> object(byte[] json) {
    try {
      return value(decode(json)) instanceof Map<?, ?> object ? object : Map.of();
    } catch (CharacterCodingException e) {
      return Map.of();
    }
  }

  /** Reads a value; null if this is none that can be read. */
  static @Nullable Object value(String json) {
    try {
      return ANY.readValue(json);
    } catch (JacksonException e) {
      return null;
    } catch (RuntimeException e) {
      return null; // so Jackson says that an exponent has more than ten digits
    }
  }

  /** Returns a parser of values that are read one by one; exceptions of the parser come out. */
  static JsonParser parser(Reader json) throws IOException {
    return ANY.createParser(json);
  }

  /**
   * Reads the value that a parser stands at, and leaves it at its last token.
   *
   * @param token the token that it stands at
   */
  static @Nullable Object next(JsonParser json, JsonToken token) throws IOException {
    return switch (token) {
      // The mapper needs longer to begin than these take.
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT -> json.getNumberValue();
      default -> NEXT.readValue(json);
    };
  }

  /** Decodes UTF-8, most of it at the speed of the JDK's own loops, which tell of no error. */
  private static String decode(byte[] json) throws CharacterCodingException {
    String text = new String(json, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0
        ? text
        : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
  }
}
