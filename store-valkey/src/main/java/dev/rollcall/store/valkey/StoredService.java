package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceId;
import dev.rollcall.Ttl;
import dev.rollcall.Ulid;
import dev.rollcall.history.ServiceMark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service as the JSON that its key holds, in the order of fields that docs/valkey.md gives under
 * "What is stored". The scripts write the fields before {@code id}: the lease, and the times, which
 * are the server's.
 */
final class StoredService {
  private static final int MILLIS_DIGITS = 3;

  /** How far apart the end that a writer wrote and the one that its command came to may be. */
  private static final Duration SAME_END = Duration.ofSeconds(1);

  /** The limit of a registration's numbers. Parsing takes the square of the length. */
  private static final int MAX_NUMBER_LENGTH = 1_000;

  /** A longer number is not a valid ttl, and parsing it would waste time. */
  private static final int MAX_TTL_DIGITS = 40;

  /** What was stored must be readable, whatever its size. */
  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNumberLength(MAX_NUMBER_LENGTH)
          .maxStringLength(Integer.MAX_VALUE)
          .maxNameLength(Integer.MAX_VALUE)
          .build();

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(CONSTRAINTS)
                  // Field names come from clients. Colliding names would slow down the symbol table
                  // that all
                  // parsers share.
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final ObjectReader MAP = MAPPER.readerForMapOf(Object.class);

  private @Nullable String id;
  private @Nullable String leaseId;
  private @Nullable String updateId;
  private @Nullable String name;
  private @Nullable String url;
  private @Nullable Map<String, Object> info;
  private @Nullable Instant registeredAt;
  private @Nullable Instant lastUpdated;
  private @Nullable String expiresAt;
  private @Nullable BigDecimal ttlSeconds;
  private @Nullable BigDecimal flappingUntil;

  private StoredService() {}

  /** Writes the fields from {@code id} on, and the end of the object. */
  static byte[] tail(Registration registration) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = MAPPER.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("id", registration.id().orElseThrow());
      if (registration.name().isPresent()
          && !registration.name().get().equals(registration.info().get("name"))) {
        json.writeStringField("name", registration.name().get());
      }
      json.writeStringField("url", registration.url());
      json.writePOJOField("info", registration.info());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] object = bytes.toByteArray();
    return Arrays.copyOfRange(object, 1, object.length);
  }

  /** Writes a ttl in seconds, as a JSON number: {@code 30}, {@code 1.5}. */
  static String seconds(Duration ttl) {
    return BigDecimal.valueOf(ttl.toMillis(), MILLIS_DIGITS).stripTrailingZeros().toPlainString();
  }

  /**
   * Reads a service.
   *
   * @param id the id by the key
   * @param endMillis when its lease ends
   * @param nowMillis when it was read, by the same clock
   * @param defaultTtl its ttl if it does not say
   * @return the service, or empty if the value is not a service
   */
  static Optional<Service> read(
      String id, byte[] value, long endMillis, long nowMillis, Duration defaultTtl) {
    try (JsonParser json = MAPPER.createParser(textOf(value))) {
      StoredService stored = new StoredService();
      stored.readFrom(json);
      if (json.nextToken() != null) {
        return Optional.empty(); // Something follows the object.
      }
      return stored.toService(id, endMillis, nowMillis, defaultTtl);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // A value that is not a service must not fail the reading of others.
      return Optional.empty();
    }
  }

  /**
   * Decodes UTF-8. Jackson does it while it parses, but slowly where it is to keep no names.
   *
   * @throws CharacterCodingException if it is malformed
   */
  private static String textOf(byte[] value) throws CharacterCodingException {
    String text = new String(value, UTF_8);
    // This character replaces malformed input, unless it was in the text.
    if (text.indexOf('\uFFFD') >= 0) {
      var unused = UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
    }
    return text;
  }

  private void readFrom(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      return;
    }
    String field;
    while ((field = json.nextFieldName()) != null) {
      JsonToken token = json.nextToken();
      if (field.equals("id")) {
        id = text(json);
      } else if (field.equals("lease_id")) {
        leaseId = text(json);
      } else if (field.equals("update_id")) {
        updateId = text(json);
      } else if (field.equals("name")) {
        name = text(json);
      } else if (field.equals("url")) {
        url = text(json);
      } else if (field.equals("info") && token == JsonToken.START_OBJECT) {
        info = MAP.readValue(json);
      } else if (field.equals("registered_at")) {
        registeredAt = time(json);
      } else if (field.equals("last_updated")) {
        lastUpdated = time(json);
      } else if (field.equals("expires_at")) {
        expiresAt = text(json);
      } else if (field.equals("ttl_seconds") && token.isNumeric()) {
        ttlSeconds = decimal(json.getText());
      } else if (field.equals("flapping_until") && token.isNumeric()) {
        flappingUntil = decimal(json.getText());
      } else {
        json.skipChildren();
      }
    }
  }

  /** Returns the value if it is a string, otherwise null. */
  private static @Nullable String text(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    json.skipChildren();
    return null;
  }

  private static @Nullable BigDecimal decimal(String text) {
    try {
      return text.length() > MAX_TTL_DIGITS ? null : new BigDecimal(text);
    } catch (NumberFormatException e) {
      return null; // Its exponent is too large, and so is the ttl.
    }
  }

  private static @Nullable Instant time(JsonParser json) throws IOException {
    String text = text(json);
    return text == null ? null : StoredTime.parse(text);
  }

  private Optional<Service> toService(
      String key, long endMillis, long nowMillis, Duration defaultTtl) {
    if (!key.equals(id)
        || url == null
        || info == null
        || registeredAt == null
        || lastUpdated == null) {
      return Optional.empty();
    }
    Instant end = StoredTime.of(endMillis);
    Duration lease = lease(end, defaultTtl);
    return Optional.of(
        new Service(
            key,
            nameOr(key, info),
            url,
            info,
            registeredAt,
            lastUpdated,
            end.minus(lease),
            end,
            revision(),
            marks(nowMillis, endMillis - nowMillis < lease.toMillis() / 3)));
  }

  private Set<ServiceMark> marks(long nowMillis, boolean isLate) {
    boolean isFlapping =
        flappingUntil != null && flappingUntil.compareTo(BigDecimal.valueOf(nowMillis)) > 0;
    if (!isFlapping) {
      return isLate ? Set.of(ServiceMark.LATE) : Set.of();
    }
    return isLate ? Set.of(ServiceMark.FLAPPING, ServiceMark.LATE) : Set.of(ServiceMark.FLAPPING);
  }

  /** A registration of ours stores its name only where its info does not say the same. */
  private String nameOr(String id, Map<String, Object> info) {
    if (name != null && ServiceId.isValid(name)) {
      return name;
    }
    return info.get("name") instanceof String named && ServiceId.isValid(named) ? named : id;
  }

  /** An update has an id of its own, and keeps the lease id. */
  private long revision() {
    return Optional.ofNullable(updateId)
        .flatMap(Ulid::parse)
        .or(() -> Optional.ofNullable(leaseId).flatMap(Ulid::parse))
        .map(Ulid::low)
        .orElse(0L);
  }

  /**
   * Returns how long the lease is that ends then. A Python orchestrator's ping writes the value
   * anew and gives the default, whatever the service's ttl, which the next ping of ours gives
   * again.
   */
  private Duration lease(Instant end, Duration defaultTtl) {
    Duration ttl = ttl(defaultTtl);
    if (expiresAt == null || ttl.equals(defaultTtl)) {
      return ttl;
    }
    try {
      Instant written = StoredTime.parse(expiresAt);
      boolean isSame = Duration.between(written, end).abs().compareTo(SAME_END) < 0;
      return isSame && written.isAfter(lastUpdated) ? Duration.between(lastUpdated, written) : ttl;
    } catch (DateTimeException e) {
      return ttl; // The field is not needed.
    }
  }

  private Duration ttl(Duration defaultTtl) {
    if (ttlSeconds == null
        || ttlSeconds.compareTo(BigDecimal.valueOf(Ttl.MIN.toSeconds())) < 0
        || ttlSeconds.compareTo(BigDecimal.valueOf(Ttl.MAX.toSeconds())) > 0) {
      return defaultTtl;
    }
    return Duration.ofMillis(Math.round(ttlSeconds.doubleValue() * 1_000));
  }
}
