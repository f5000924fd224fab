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
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An event as the JSON that a history holds. The scripts write the fields before those that say
 * something of the service: the type, the time, the ttl and the lease.
 */
final class StoredEvent {
  /** A longer url is not in the history, which so has a bound in bytes. */
  private static final int MAX_URL_LENGTH = 500;

  private static final int MAX_CLIENT_LENGTH = 100;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build())
          .build();

  private static final Map<String, ServiceEvent.Type> TYPES =
      Stream.of(ServiceEvent.Type.values())
          .collect(Collectors.toMap(type -> type.name().toLowerCase(Locale.ROOT), type -> type));

  private StoredEvent() {}

  /** Returns what the event of a registration says of the service: fields without braces. */
  static byte[] about(Registration registration) {
    return fields(
        json -> {
          json.writeStringField(
              "name", registration.name().orElseGet(() -> registration.id().orElseThrow()));
          if (registration.url().length() <= MAX_URL_LENGTH) {
            json.writeStringField("url", registration.url());
          }
        });
  }

  /** Returns what an event says of a service that nothing is known of. */
  static byte[] about(String id) {
    return fields(json -> json.writeStringField("name", id));
  }

  /** Returns what an event says of a removal: fields, each with a comma behind it. */
  static byte[] removal(Fence fence, @Nullable String client) {
    byte[] fields =
        fields(
            json -> {
              json.writeStringField("by", fence.leaseId().isPresent() ? "lease" : "id");
              if (client != null && client.length() <= MAX_CLIENT_LENGTH) {
                json.writeStringField("client", client);
              }
            });
    byte[] withComma = Arrays.copyOf(fields, fields.length + 1);
    withComma[fields.length] = ',';
    return withComma;
  }

  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static byte[] fields(Fields content) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = MAPPER.createGenerator(bytes)) {
      json.writeStartObject();
      content.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] object = bytes.toByteArray();
    return Arrays.copyOfRange(object, 1, object.length - 1);
  }

  /**
   * Reads an event.
   *
   * @param hasBefore whether something had happened to the id before it
   * @return the event, or empty if the value is not an event that this version knows
   */
  static Optional<ServiceEvent> read(String id, byte[] value, boolean hasBefore) {
    JsonNode json;
    try {
      json = MAPPER.readTree(new String(value, UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
    ServiceEvent.Type type = TYPES.get(json.path("type").asText());
    if (type == null || !json.path("at").canConvertToLong()) {
      return Optional.empty();
    }
    String name = json.path("name").asText();
    ServiceEvent.Builder event =
        ServiceEvent.builder(
            type,
            id,
            ServiceId.isValid(name) ? name : id,
            Instant.ofEpochMilli(json.path("at").longValue()));
    text(json, "lease_id").ifPresent(event::leaseId);
    if (type.isEnd()) {
      text(json, "client").ifPresent(event::client);
    } else {
      text(json, "url").ifPresent(event::url);
    }
    if (json.path("by").asText().equals("lease")) {
      event.byLease();
    }
    if (type == ServiceEvent.Type.REGISTERED && hasBefore) {
      event.again();
    }
    return Optional.of(event.build());
  }

  private static Optional<String> text(JsonNode json, String field) {
    return Optional.ofNullable(json.path(field).textValue());
  }
}
