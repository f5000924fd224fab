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
import dev.rollcall.Ulid;
import dev.rollcall.history.ServiceEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An event as the JSON that a history holds. The scripts write the fields before those that say
 * something of the service: the type, the time, the ttl and the lease. What ended is said by the
 * event before the end. The calls that a service has refused are in the event with which it
 * started.
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
          .filter(type -> type != ServiceEvent.Type.REFUSED) // is in another event
          .collect(Collectors.toMap(StoredEvent::nameOf, type -> type));

  private static final Map<String, ServiceEvent.Call> CALLS =
      Stream.of(ServiceEvent.Call.values())
          .collect(Collectors.toMap(StoredEvent::nameOf, call -> call));

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
          writeClient(json, client);
        });
  }

  private static void writeClient(JsonGenerator json, @Nullable String client) throws IOException {
    if (client != null && client.length() <= ServiceEvent.MAX_CLIENT_LENGTH) {
      json.writeStringField("client", client);
    }
  }

  /**
   * Returns the end of an event with the calls that were refused, from what the last one was on. A
   * lease that is no lease id, which may be any text, is left out.
   */
  static byte[] end(ServiceEvent.Call call, Fence fence, @Nullable String client) {
    byte[] refusal =
        end(
            json -> {
              json.writeStringField("call", nameOf(call));
              Optional<Ulid> lease = fence.leaseId().flatMap(Ulid::parse);
              if (lease.isPresent()) {
                json.writeStringField("lease_id", lease.get().toString());
              }
              writeClient(json, client);
            });
    byte[] end = Arrays.copyOf(refusal, refusal.length + 1);
    end[refusal.length] = '}';
    return end;
  }

  private static String nameOf(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Returns the event of an end that was seen. */
  static byte[] of(ServiceEvent end) {
    StringBuilder json = new StringBuilder(100);
    json.append("{\"type\":\"").append(nameOf(end.type()));
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
   * Reads an event, and the calls that were refused after it.
   *
   * @param before the event before it; null if it is the oldest, or the one before is unknown
   * @param hasBefore whether something had happened to the id before it
   * @return the event, then that of the refused calls if there were any; empty if the value is not
   *     an event that this version knows
   */
  static List<ServiceEvent> read(
      String id, byte[] value, @Nullable ServiceEvent before, boolean hasBefore) {
    JsonNode json;
    try {
      json = MAPPER.readTree(new String(value, UTF_8));
    } catch (IOException e) {
      return List.of();
    }
    ServiceEvent.Type type = TYPES.get(json.path("type").asText());
    Optional<Instant> at = time(json, "at");
    if (type == null || at.isEmpty()) {
      return List.of();
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
      return List.of(event.build());
    }
    String name = text(json, "name").filter(ServiceId::isValid).orElse(id);
    ServiceEvent.Builder event = ServiceEvent.builder(type, id, name, at.get());
    text(json, "lease_id").ifPresent(event::leaseId);
    text(json, "url").ifPresent(event::url);
    if (type == ServiceEvent.Type.REGISTERED && hasBefore) {
      event.again();
    }
    return refused(id, name, json.path("refused"))
        .map(refused -> List.of(event.build(), refused))
        .orElseGet(() -> List.of(event.build()));
  }

  private static Optional<ServiceEvent> refused(String id, String name, JsonNode json) {
    Optional<Instant> at = time(json, "at");
    long count = json.path("count").asLong();
    if (at.isEmpty() || count < 1) {
      return Optional.empty();
    }
    ServiceEvent.Builder event =
        ServiceEvent.builder(ServiceEvent.Type.REFUSED, id, name, at.get()).count(count);
    text(json, "call").map(CALLS::get).ifPresent(event::call);
    text(json, "lease_id").ifPresent(event::leaseId);
    text(json, "client").ifPresent(event::client);
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
