package dev.rollcall.http.client;

import dev.rollcall.Service;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Reads services, and fills in what a foreign registry may leave out of them. */
final class ServiceReader {
  private static final Logger LOG = LoggerFactory.getLogger("dev.rollcall.http");

  private static final Comparator<Service> BY_ID = Comparator.comparing(Service::id);

  private final InstantSource wallClock;
  private final AtomicBoolean warned = new AtomicBoolean();

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
      return Optional.empty(); // its info is nested too deep, or holds what is no text
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
   * Reads the answer to a deregistration: the service within, or alone.
   *
   * @return the service as it was, or as far as it is known; empty if the answer tells of no
   *     removal
   */
  Optional<Service> removed(String id, Fields answer) {
    if (!answer.says("deregistered")) {
      return answer.isOf(id) ? read(answer.object()) : Optional.empty();
    }
    Service shown =
        answer.object().get("service") instanceof Map<?, ?> inner
            ? read(inner).orElseGet(() -> unknown(id))
            : unknown(id);
    return Optional.of(shown).filter(service -> service.id().equals(id));
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
  Optional<List<Service>> readList(InputStream body) throws IOException {
    List<Service> services = new ArrayList<>();
    boolean isList =
        new ListEntries(body)
            .read(
                entry -> {
                  Optional<Service> service =
                      entry instanceof Map<?, ?> object ? read(object) : Optional.empty();
                  service.ifPresentOrElse(services::add, this::skipped);
                });
    if (!isList) {
      return Optional.empty();
    }
    services.sort(BY_ID);
    return Optional.of(Collections.unmodifiableList(services));
  }

  private void skipped() {
    Level level = warned.compareAndSet(false, true) ? Level.WARN : Level.DEBUG;
    LOG.atLevel(level).log("Left out an entry of a list that is no service, or cannot be read");
  }
}
