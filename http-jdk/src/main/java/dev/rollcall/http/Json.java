package dev.rollcall.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * JSON as the protocol has it: numbers keep their digits, a key stands once, and input from the
 * network cannot cost more than its size.
 */
public final class Json {
  /** The 64 levels that info may have, and the three that a list puts around it. */
  private static final int MAX_DEPTH = 67;

  /** Enough for any number that a person wrote; parsing one costs more than its length. */
  private static final int MAX_NUMBER_LENGTH = 1_000;

  private static final int MAX_NAME_LENGTH = 10_000;

  /** Streams for what is written by hand, field by field. */
  public static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxNameLength(MAX_NAME_LENGTH)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          // As four bytes of UTF-8, not as twelve of escapes.
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .build();

  private Json() {}

  /**
   * Reads any value: an object as a map in its own order, an integer in its narrowest type.
   *
   * @throws JacksonException if the text is not one JSON value
   * @throws NumberFormatException if the exponent of a number has more than ten digits
   */
  public static @Nullable Object read(String text) throws JacksonException {
    return Tree.ANY.readValue(text);
  }

  /** Apart, so that a server answers its first reads before it loads a mapper's 400 classes. */
  private static final class Tree {
    static final ObjectReader ANY =
        JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(Object.class);
  }
}
