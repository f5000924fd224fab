package dev.rollcall.http.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rollcall.http.Json;
import java.io.IOException;
import java.io.InputStream;
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

  private LenientJson() {}

  /**
   * Reads the body of an answer that holds one service at most.
   *
   * @throws IOException if the body breaks off, or is too large
   */
  static byte[] bodyOf(Response response) throws IOException {
    try (InputStream body = new BoundedInput(response.body().byteStream(), MAX_BYTES)) {
      return body.readAllBytes();
    }
  }

  /** Reads an object; what is none counts as an empty one. */
  static Map<?, ?> object(byte[] json) {
    return value(json, 0, json.length) instanceof Map<?, ?> object ? object : Map.of();
  }

  /** Reads a value; null if this is none that can be read. */
  static @Nullable Object value(byte[] json, int offset, int length) {
    try {
      return ANY.readValue(decode(json, offset, length));
    } catch (JacksonException | CharacterCodingException e) {
      return null;
    } catch (RuntimeException e) {
      return null; // so Jackson says that an exponent has more than ten digits
    }
  }

  /** Decodes UTF-8, most of it at the speed of the JDK's own loops, which tell of no error. */
  private static String decode(byte[] json, int offset, int length)
      throws CharacterCodingException {
    String text = new String(json, offset, length, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0
        ? text
        : StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(json, offset, length))
            .toString();
  }
}
