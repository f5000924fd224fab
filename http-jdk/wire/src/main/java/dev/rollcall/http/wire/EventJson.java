package dev.rollcall.http.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rollcall.history.ServiceEvent;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** Writes an event of a service as JSON. */
public final class EventJson {
  private EventJson() {}

  /**
   * Writes an event as an object.
   *
   * @param json where it is written
   * @param event what is written
   * @throws IOException if it cannot be written
   */
  public static void write(JsonGenerator json, ServiceEvent event) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", event.id());
    json.writeStringField("name", event.name());
    json.writeStringField("type", nameOf(event.type()));
    json.writeStringField("at", Timestamps.format(event.at()));
    if (event.isAgain()) {
      json.writeBooleanField("again", true);
    }
    writeText(json, "lease_id", event.leaseId());
    writeText(json, "url", event.url());
    if (event.type() == ServiceEvent.Type.DEREGISTERED) {
      json.writeStringField("by", event.isByLease() ? "lease" : "id");
    }
    if (event.count().isPresent()) {
      json.writeNumberField("count", event.count().getAsLong());
    }
    writeText(json, "call", event.call().map(EventJson::nameOf));
    writeText(json, "client", event.client());
    writeText(json, "last_ping_at", event.lastPingAt().map(Timestamps::format));
    if (event.lateness().isPresent()) {
      ServiceJson.writeSeconds(json, "lateness_seconds", event.lateness().get());
    }
    json.writeEndObject();
  }

  private static String nameOf(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void writeText(JsonGenerator json, String name, Optional<String> text)
      throws IOException {
    if (text.isPresent()) {
      json.writeStringField(name, text.get());
    }
  }
}
