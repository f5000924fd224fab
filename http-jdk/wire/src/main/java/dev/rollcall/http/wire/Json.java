package dev.rollcall.http.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;

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

  /** Buffers that rest between two uses, of 200 KB each at most. */
  private static final int IDLE_BUFFERS = 16;

  /** The default pool keeps buffers with the threads of the host, and so this class loader. */
  public static final RecyclerPool<BufferRecycler> BUFFERS =
      JsonRecyclerPools.newBoundedPool(IDLE_BUFFERS);

  /** Streams for what is written by hand, field by field. */
  public static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          // Tables of names that all parsers share are spoilt by names chosen to collide there.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .recyclerPool(BUFFERS)
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
}
