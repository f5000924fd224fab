package dev.rollcall.http.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rollcall.Service;
import dev.rollcall.history.ServiceMark;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a service, and the parts that it shares with a registration, as JSON. */
public final class ServiceJson {
  private static final int MILLIS_DIGITS = 3;

  private ServiceJson() {}

  /**
   * Writes a service as an object.
   *
   * @param json where it is written
   * @param service what is written
   * @throws IOException if it cannot be written
   */
  public static void write(JsonGenerator json, Service service) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", service.id());
    json.writeStringField("name", service.name());
    json.writeStringField("url", service.url());
    json.writeFieldName("info");
    writeValue(json, service.info());
    json.writeStringField("registered_at", Timestamps.format(service.registeredAt()));
    json.writeStringField("last_updated", Timestamps.format(service.lastUpdated()));
    json.writeStringField("last_ping_at", Timestamps.format(service.lastPingAt()));
    json.writeStringField("expires_at", Timestamps.format(service.expiresAt()));
    writeSeconds(json, "ttl_seconds", service.ttl());
    if (!service.marks().isEmpty()) {
      json.writeArrayFieldStart("marks");
      for (ServiceMark mark : ServiceMark.values()) { // in their order
        if (service.marks().contains(mark)) {
          json.writeString(mark.name().toLowerCase(Locale.ROOT));
        }
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /**
   * Writes a duration in seconds, as an integer if it is whole: {@code 30}, {@code 1.5}.
   *
   * @param json where it is written
   * @param name the field
   * @param duration in whole milliseconds
   * @throws IOException if it cannot be written
   */
  public static void writeSeconds(JsonGenerator json, String name, Duration duration)
      throws IOException {
    json.writeFieldName(name);
    if (duration.toNanosPart() == 0) {
      json.writeNumber(duration.toSeconds());
    } else {
      BigDecimal seconds = BigDecimal.valueOf(duration.toMillis(), MILLIS_DIGITS);
      json.writeNumber(seconds.stripTrailingZeros().toPlainString());
    }
  }

  /**
   * Writes a value of an info: a number keeps its digits.
   *
   * @param json where it is written
   * @param value as {@link Service#info} holds it
   * @throws IOException if it cannot be written
   */
  public static void writeValue(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName((String) entry.getKey());
        writeValue(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object item : list) {
        writeValue(json, item);
      }
      json.writeEndArray();
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof BigInteger number) {
      json.writeNumber(number);
    } else if (value instanceof BigDecimal number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else {
      json.writeNull();
    }
  }
}
