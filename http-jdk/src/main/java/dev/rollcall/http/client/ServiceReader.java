package dev.rollcall.http.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rollcall.Service;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads services, and fills in what a foreign registry may leave out of them. */
final class ServiceReader {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  private static final Comparator<Service> BY_ID = Comparator.comparing(Service::id);

  private final InstantSource wallClock;

  ServiceReader(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  /**
   * Reads a service; empty if the object is none.
   *
   * @param object the service, as JSON's values
   */
  Optional<Service> read(Map<?, ?> object) {
    Fields fields = new Fields(object);
    Optional<String> id = fields.text("id");
    Optional<String> url = fields.text("url");
    if (id.isEmpty() || url.isEmpty()) {
      return Optional.empty();
    }
    // Alive at this moment is all that is known of a service without a word on its lease.
    Duration ttl = fields.seconds("ttl_seconds").orElse(HttpServiceRegistry.DEFAULT_TTL);
    Optional<Instant> end = fields.time("expires_at");
    Instant pinged =
        fields.time("last_ping_at").or(() -> end.map(time -> time.minus(ttl))).orElseGet(this::now);
    Instant updated =
        fields.time("last_updated").or(() -> fields.time("registered_at")).orElse(pinged);
    Instant registered = fields.time("registered_at").orElse(updated);
    try {
      return Optional.of(
          new Service(
              id.get(),
              url.get(),
              infoIn(object),
              registered,
              updated,
              pinged,
              end.orElse(pinged.plus(ttl))));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // its info is nested too deep, or no text
    }
  }

  @SuppressWarnings("unchecked") // the keys of a JSON object
  private static Map<String, Object> infoIn(Map<?, ?> object) {
    return object.get("info") instanceof Map<?, ?> info ? (Map<String, Object>) info : Map.of();
  }

  private Instant now() {
    return wallClock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Returns what is known of a service that was removed without a word on it: its id, and the time.
   */
  Service unknown(String id) {
    Instant now = now();
    return new Service(id, "", Map.of(), now, now, now, now);
  }

  /**
   * Reads a list, one service at a time, and sorts it by id.
   *
   * @return the services, unmodifiable; empty if this is no list
   */
  Optional<List<Service>> readList(JsonParser json) throws IOException {
    List<Service> services = null;
    if (json.nextToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean isServices = json.currentName().equals("services");
        if (json.nextToken() == JsonToken.START_ARRAY && isServices) {
          services = readEntries(json);
        } else {
          json.skipChildren();
        }
      }
    }
    if (services == null) {
      return Optional.empty();
    }
    services.sort(BY_ID);
    return Optional.of(Collections.unmodifiableList(services));
  }

  private List<Service> readEntries(JsonParser json) throws IOException {
    List<Service> services = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      Optional<Service> service =
          LenientJson.value(json) instanceof Map<?, ?> entry ? read(entry) : Optional.empty();
      service.ifPresentOrElse(
          services::add, () -> LOG.debug("Skipped an entry of a list that is no service"));
    }
    return services;
  }
}
