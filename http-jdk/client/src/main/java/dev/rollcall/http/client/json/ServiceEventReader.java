package dev.rollcall.http.client.json;

import dev.rollcall.ServiceId;
import dev.rollcall.history.ServiceEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads what happened to services. An event of a type that is not known here is skipped. */
public final class ServiceEventReader {
  private static final Map<String, ServiceEvent.Type> TYPES =
      Stream.of(ServiceEvent.Type.values())
          .collect(Collectors.toMap(ServiceEventReader::nameOf, type -> type));

  private static final Map<String, ServiceEvent.Call> CALLS =
      Stream.of(ServiceEvent.Call.values())
          .collect(Collectors.toMap(ServiceEventReader::nameOf, call -> call));

  private ServiceEventReader() {}

  private static String nameOf(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the events of an answer; empty if it has none, and so is not the answer of a registry.
   */
  public static Optional<List<ServiceEvent>> events(ResponseFields answer) {
    if (!(answer.object().get("events") instanceof List<?> values)) {
      return Optional.empty();
    }
    List<ServiceEvent> events = new ArrayList<>(values.size());
    for (Object value : values) {
      if (value instanceof Map<?, ?> object) {
        event(new ResponseFields(object)).ifPresent(events::add);
      }
    }
    return Optional.of(events);
  }

  private static Optional<ServiceEvent> event(ResponseFields fields) {
    Optional<String> id = fields.text("id").filter(ServiceId::isValid);
    Optional<Instant> at = fields.time("at");
    ServiceEvent.Type type = fields.text("type").map(TYPES::get).orElse(null);
    if (id.isEmpty() || at.isEmpty() || type == null) {
      return Optional.empty();
    }
    String name = fields.text("name").filter(ServiceId::isValid).orElse(id.get());
    ServiceEvent.Builder event = ServiceEvent.builder(type, id.get(), name, at.get());
    fields.text("lease_id").ifPresent(event::leaseId);
    fields.text("url").ifPresent(event::url);
    fields.text("client").ifPresent(event::client);
    fields.time("last_ping_at").ifPresent(event::lastPingAt);
    fields.seconds("lateness_seconds").ifPresent(event::lateness);
    fields.count("count").ifPresent(event::count);
    fields.text("call").map(CALLS::get).ifPresent(event::call);
    if (Boolean.TRUE.equals(fields.object().get("again"))) {
      event.again();
    }
    if ("lease".equals(fields.object().get("by"))) {
      event.byLease();
    }
    return Optional.of(event.build());
  }
}
