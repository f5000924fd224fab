package dev.rollcall.store.valkey;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rollcall.Fence;
import dev.rollcall.Registration;
import dev.rollcall.ServiceId;
import dev.rollcall.history.ServiceEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An event as the JSON that a history holds. The scripts write the fields before those that say
 * something of the service: the type, the time, the ttl and the lease. What ended is said by the
 * event before the end.
 */
final class StoredEvent {
  /** A longer url is not in the history, which so has a bound in bytes. */
  private static final int MAX_URL_BYTES = 500;

  /** 9999-12-31T23:59:59.999Z, the last time that can be formatted. */
  private static final long MAX_MILLIS = 253_402_300_799_999L;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build())
          .build();

  private static final Map<String, ServiceEvent.Type> TYPES =
      Stream.of(ServiceEvent.Type.values())
          .collect(Collectors.toMap(type -> type.name().toLowerCase(Locale.ROOT), type -> type));

  private StoredEvent() {}

  /** Returns the end of the event of a registration, from the name on. */
  static byte[] end(Registration registration) {
    return end(
        json -> {
          if (registration.name().isPresent()) {
            json.writeStringField("name", registration.name().get());
          }
          if (registration.url().getBytes(UTF_8).length <= MAX_URL_BYTES) {
            json.writeStringField("url", registration.url());
          }
        });
  }

  /** Returns the end of the event of a removal, from who did it on. */
  static byte[] end(Fence fence, @Nullable String client) {
    return end(
        json -> {
          json.writeStringField("by", fence.leaseId().isPresent() ? "lease" : "id");
          if (client != null && client.length() <= ServiceEvent.MAX_CLIENT_LENGTH) {
            json.writeStringField("client", client);
          }
        });
  }

  /** Returns the event of an end that was seen. */
  static byte[] of(ServiceEvent end) {
    StringBuilder json = new StringBuilder(100);
    json.append("{\"type\":\"").append(end.type().name().toLowerCase(Locale.ROOT));
    json.append("\",\"at\":").append(end.at().toEpochMilli());
    end.lastPingAt().ifPresent(at -> json.append(",\"last_ping_at\":").append(at.toEpochMilli()));
    return json.append('}').toString().getBytes(UTF_8);
  }

  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** Returns fields with a comma before them, if there are any, and a brace behind them. */
  private static byte[] end(Fields content) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = MAPPER.createGenerator(bytes)) {
      json.writeStartObject();
      content.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] object = bytes.toByteArray();
    if (object.length == 2) {
      return new byte[] {'}'};
    }
    object[0] = ',';
    return object;
  }

  /**
   * Reads an event.
   *
   * @param before the event before it; null if it is the oldest, or the one before is unknown
   * @param hasBefore whether something had happened to the id before it
   * @return the event, or empty if the value is not an event that this version knows
   */
  static Optional<ServiceEvent> read(
      String id, byte[] value, @Nullable ServiceEvent before, boolean hasBefore) {
    JsonNode json;
    try {
      json = MAPPER.readTree(new String(value, UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
    ServiceEvent.Type type = TYPES.get(json.path("type").asText());
    Optional<Instant> at = time(json, "at");
    if (type == null || at.isEmpty()) {
      return Optional.empty();
    }
    if (type.isEnd()) {
      ServiceEvent started = before == null || before.type().isEnd() ? null : before;
      String name = started == null ? id : started.name();
      ServiceEvent.Builder event = ServiceEvent.builder(type, id, name, at.get());
      if (started != null) {
        started.leaseId().ifPresent(event::leaseId);
      }
      text(json, "client").ifPresent(event::client);
      time(json, "last_ping_at").ifPresent(event::lastPingAt);
      if (json.path("by").asText().equals("lease")) {
        event.byLease();
      }
      return Optional.of(event.build());
    }
    String name = text(json, "name").filter(ServiceId::isValid).orElse(id);
    ServiceEvent.Builder event = ServiceEvent.builder(type, id, name, at.get());
    text(json, "lease_id").ifPresent(event::leaseId);
    text(json, "url").ifPresent(event::url);
    if (type == ServiceEvent.Type.REGISTERED && hasBefore) {
      event.again();
    }
    return Optional.of(event.build());
  }

  private static Optional<String> text(JsonNode json, String field) {
    return Optional.ofNullable(json.path(field).textValue());
  }

  private static Optional<Instant> time(JsonNode json, String field) {
    JsonNode millis = json.path(field);
    boolean isTime =
        millis.canConvertToLong() && millis.longValue() >= 0 && millis.longValue() <= MAX_MILLIS;
    return isTime ? Optional.of(Instant.ofEpochMilli(millis.longValue())) : Optional.empty();
  }
}
