package dev.rollcall.http.client.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.rollcall.Service;
import dev.rollcall.ServiceId;
import dev.rollcall.history.ServiceMark;
import dev.rollcall.http.client.json.LenientListReader.EntryHandler;
import dev.rollcall.http.client.log.ConditionLog;
import dev.rollcall.http.wire.ServiceJson;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads services, and fills in what another registry may leave out of them. */
public final class ServiceReader {
  /** Enough for half a million services or more. */
  private static final long MAX_LIST_BYTES = 256L << 20;

  private static final Comparator<Service> BY_ID = Comparator.comparing(Service::id);

  /** The names of a service's fields, in the order that {@link ServiceJson} writes them in. */
  private static final List<SerializedString> NAMES =
      Stream.of(
              "id",
              "name",
              "url",
              "info",
              "registered_at",
              "last_updated",
              "last_ping_at",
              "expires_at",
              "ttl_seconds",
              "marks")
          .map(SerializedString::new)
          .toList();

  /** The protocol does not say which registration a service comes from. */
  private static final long UNKNOWN_REVISION = 0;

  private final InstantSource wallClock;
  private final ConditionLog unreadableEntries = new ConditionLog();

  public ServiceReader(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  /**
   * Reads a service; empty if the object is not a service.
   *
   * @param object the service, as JSON's values
   */
  public Optional<Service> read(Map<?, ?> object) {
    Parts parts = new Parts();
    object.forEach((name, value) -> parts.put((String) name, value));
    return service(parts);
  }

  /**
   * Reads the service at a parser's current token without building a tree; empty if there is no
   * service.
   */
  private Optional<Service> read(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return Optional.empty();
    }
    Parts parts = new Parts();
    int field = 0;
    for (String name = nextName(json, field); name != null; name = nextName(json, field)) {
      parts.put(name, LenientJson.next(json, json.nextToken()));
      field++;
    }
    return service(parts);
  }

  /**
   * Returns the next name in an object, null at its end.
   *
   * @param field how many came before; the parser creates no new string for a name in its usual
   *     place
   */
  private static @Nullable String nextName(JsonParser json, int field) throws IOException {
    if (field >= NAMES.size()) {
      return json.nextFieldName();
    }
    SerializedString usual = NAMES.get(field);
    if (json.nextFieldName(usual)) {
      return usual.getValue();
    }
    return json.currentToken() == JsonToken.FIELD_NAME ? json.currentName() : null;
  }

  private Optional<Service> service(Parts parts) {
    Optional<String> id = ResponseFields.text(parts.id);
    Optional<String> url = ResponseFields.text(parts.url);
    if (id.isEmpty() || url.isEmpty()) {
      return Optional.empty();
    }
    // Without a word on its lease, all that is known is that the service is alive now.
    Duration ttl = ResponseFields.seconds(parts.ttlSeconds).orElse(ResponseFields.DEFAULT_TTL);
    Optional<Instant> end = ResponseFields.time(parts.expiresAt);
    Instant pinged =
        ResponseFields.time(parts.lastPingAt)
            .or(() -> end.map(time -> time.minus(ttl)))
            .orElseGet(this::now);
    Optional<Instant> registeredAt = ResponseFields.time(parts.registeredAt);
    // Most services register once, so that both times are the same text.
    Optional<Instant> lastUpdated =
        Objects.equals(parts.lastUpdated, parts.registeredAt)
            ? registeredAt
            : ResponseFields.time(parts.lastUpdated).or(() -> registeredAt);
    Instant updated = lastUpdated.orElse(pinged);
    Instant registered = registeredAt.orElse(updated);
    try {
      return Optional.of(
          new Service(
              id.get(),
              nameOf(parts, id.get()),
              url.get(),
              infoOf(parts),
              registered,
              updated,
              pinged,
              end.orElse(pinged.plus(ttl)),
              UNKNOWN_REVISION,
              marksOf(parts)));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // its info is nested too deeply, or holds malformed text
    }
  }

  /** A mark that is not known here is left out. */
  private static Set<ServiceMark> marksOf(Parts parts) {
    if (!(parts.marks instanceof List<?> names)) {
      return Set.of();
    }
    Set<ServiceMark> marks = EnumSet.noneOf(ServiceMark.class);
    for (ServiceMark mark : ServiceMark.values()) {
      if (names.contains(mark.name().toLowerCase(Locale.ROOT))) {
        marks.add(mark);
      }
    }
    return marks;
  }

  /** An orchestrator that knows no names shows what was registered as the info's. */
  private static String nameOf(Parts parts, String id) {
    return ResponseFields.text(parts.name)
        .or(() -> ResponseFields.text(infoOf(parts).get("name")))
        .filter(ServiceId::isValid)
        .orElse(id);
  }

  @SuppressWarnings("unchecked") // the keys of a JSON object
  private static Map<String, Object> infoOf(Parts parts) {
    return parts.info instanceof Map<?, ?> info ? (Map<String, Object>) info : Map.of();
  }

  /** The fields of a service as they were sent, each of any type or missing. */
  private static final class Parts {
    @Nullable Object id;
    @Nullable Object name;
    @Nullable Object url;
    @Nullable Object info;
    @Nullable Object registeredAt;
    @Nullable Object lastUpdated;
    @Nullable Object lastPingAt;
    @Nullable Object expiresAt;
    @Nullable Object ttlSeconds;
    @Nullable Object marks;

    void put(String name, @Nullable Object value) {
      switch (name) {
        case "id" -> id = value;
        case "name" -> this.name = value;
        case "url" -> url = value;
        case "info" -> info = value;
        case "registered_at" -> registeredAt = value;
        case "last_updated" -> lastUpdated = value;
        case "last_ping_at" -> lastPingAt = value;
        case "expires_at" -> expiresAt = value;
        case "ttl_seconds" -> ttlSeconds = value;
        case "marks" -> marks = value;
        default -> {
          // A later version or another registry may add fields.
        }
      }
    }
  }

  private Instant now() {
    return wallClock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Reads the answer to a deregistration: the service within, or alone.
   *
   * @return the service as it was, as far as it is known; empty if the answer does not confirm a
   *     removal
   */
  public Optional<Service> removed(String id, ResponseFields answer) {
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
   * Returns what is known of a service that was removed without being shown: its id, and the time.
   */
  public Service unknown(String id) {
    Instant now = now();
    return new Service(id, id, "", Map.of(), now, now, now, now, UNKNOWN_REVISION);
  }

  /**
   * Reads a list, one service at a time, and sorts it by id.
   *
   * @param maxBytes how much heap the services may take
   * @return the services, unmodifiable; empty if this is not a list
   * @throws IOException if it breaks off, or is larger than any list, or the services take more
   *     heap
   */
  public Optional<List<Service>> readList(InputStream body, long maxBytes) throws IOException {
    Entries entries = new Entries(maxBytes);
    if (!new LenientListReader(new BoundedInputStream(body, MAX_LIST_BYTES)).read(entries)) {
      return Optional.empty();
    }
    if (entries.skipped > 0) {
      unreadableEntries.holds(
          () ->
              "Left out entries of a list that are no services or cannot be read: "
                  + entries.skipped);
    } else {
      unreadableEntries.ended(() -> "All entries of the list can be read again");
    }
    entries.services.sort(BY_ID);
    return Optional.of(Collections.unmodifiableList(entries.services));
  }

  /** Collects the entries of a list. */
  private final class Entries implements EntryHandler {
    final List<Service> services = new ArrayList<>();
    private final long maxBytes;
    private long bytes;
    int skipped;

    Entries(long maxBytes) {
      this.maxBytes = maxBytes;
    }

    @Override
    public void handle(JsonParser json) throws IOException {
      Optional<Service> service = read(json);
      if (service.isEmpty()) {
        skip();
        return;
      }
      bytes += service.get().heapBytes();
      if (bytes > maxBytes) {
        throw new IOException("the services take more than " + maxBytes + " bytes of memory");
      }
      services.add(service.get());
    }

    @Override
    public void skip() {
      skipped++;
    }
  }
}
