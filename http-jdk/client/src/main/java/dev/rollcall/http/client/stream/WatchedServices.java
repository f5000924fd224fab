package dev.rollcall.http.client.stream;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import dev.rollcall.discovery.View;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The services that a watch knows by the events of its stream, and what its listener has not been
 * told.
 *
 * <p>Is not thread-safe.
 */
final class WatchedServices {
  private final long maxBytes;
  private final TreeMap<String, Service> known = new TreeMap<>();
  private final Map<String, Change> untold = new LinkedHashMap<>();
  private long bytes;

  /** Whether an Error may have kept a change from {@link #untold}. */
  private boolean isTorn;

  /**
   * Creates an empty set.
   *
   * @param maxBytes how much heap the services may take
   */
  WatchedServices(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Takes in a service that is alive.
   *
   * @throws IOException if it is one too many for the memory that there is
   */
  void put(Service service, Instant now) throws IOException {
    Service before = known.get(service.id());
    long more = service.heapBytes() - (before == null ? 0L : before.heapBytes());
    checkRoom(bytes + more);
    boolean wasTorn = isTorn;
    isTorn = true;
    keep(service);
    tellOf(before, service, now);
    isTorn = wasTorn;
  }

  private void checkRoom(long needed) throws IOException {
    if (needed > maxBytes) {
      throw new IOException("the services take more than " + maxBytes + " bytes of memory");
    }
  }

  private void keep(Service service) {
    Service before = known.put(service.id(), service);
    bytes += service.heapBytes() - (before == null ? 0L : before.heapBytes());
  }

  private void tellOf(@Nullable Service before, Service service, Instant now) {
    Optional<Service> previous = Optional.ofNullable(before);
    tell(new Change(Change.Type.of(previous, service), service, previous, now));
  }

  /** Takes in that a service is gone. */
  void remove(String id, Change.Type cause, Instant at) {
    boolean wasTorn = isTorn;
    isTorn = true;
    drop(id, cause, at);
    isTorn = wasTorn;
  }

  private void drop(String id, Change.Type cause, Instant at) {
    Service before = known.remove(id);
    if (before != null) {
      bytes -= before.heapBytes();
      tell(new Change(cause, before, Optional.of(before), at));
    }
  }

  /**
   * Takes in all the services that there are; what has happened to those that are gone is lost.
   *
   * @throws IOException if there is not enough memory for them; what is known stays
   */
  void replace(List<Service> services, Instant now) throws IOException {
    checkRoom(services.stream().mapToLong(Service::heapBytes).sum());
    boolean wasTorn = isTorn;
    isTorn = true;
    Map<String, Service> missing = new TreeMap<>(known);
    services.forEach(service -> missing.remove(service.id()));
    missing.keySet().forEach(id -> drop(id, Change.Type.LOST, now));
    for (Service service : services) {
      Service before = known.get(service.id());
      keep(service); // Also where only pings have moved its lease.
      if (before == null || !isSameRegistration(before, service)) {
        tellOf(before, service, now);
      }
    }
    isTorn = wasTorn;
  }

  private static boolean isSameRegistration(Service before, Service now) {
    return Change.Type.of(Optional.of(before), now) == Change.Type.REGISTERED
        && before.lastUpdated().equals(now.lastUpdated());
  }

  /** Merges a change with one that the listener has not been told. */
  private void tell(Change next) {
    Change before = untold.remove(next.id());
    if (before == null) {
      untold.put(next.id(), next);
      return;
    }
    Optional<Service> told = before.previous();
    if (!next.isGone()) {
      untold.put(
          next.id(),
          new Change(Change.Type.of(told, next.service()), next.service(), told, next.at()));
    } else if (told.isPresent()) {
      untold.put(next.id(), new Change(next.type(), next.service(), told, next.at()));
    }
  }

  /** Returns whether the listener knows all. */
  boolean isTold() {
    return untold.isEmpty() && !isTorn;
  }

  /**
   * Returns what the listener has not been told, and counts it as told.
   *
   * @param told what it was told last; null if nothing yet
   */
  List<Change> takeChanges(@Nullable View told, Instant now) {
    if (isTorn) {
      compareWith(told == null ? List.of() : told.services(), now);
    }
    List<Change> changes = List.copyOf(untold.values());
    untold.clear();
    return changes;
  }

  /** Finds the changes anew, by what the listener was told last. */
  private void compareWith(List<Service> told, Instant now) {
    Map<String, Service> before = new TreeMap<>();
    told.forEach(service -> before.put(service.id(), service));
    Map<String, Change> changes = new LinkedHashMap<>();
    for (Service service : known.values()) {
      Optional<Service> previous = Optional.ofNullable(before.remove(service.id()));
      if (previous.isEmpty() || !isSameRegistration(previous.get(), service)) {
        Change.Type type = Change.Type.of(previous, service);
        changes.put(service.id(), new Change(type, service, previous, now));
      }
    }
    before.forEach(
        (id, gone) -> changes.put(id, new Change(Change.Type.LOST, gone, Optional.of(gone), now)));
    untold.clear();
    untold.putAll(changes);
    isTorn = false;
  }

  View view(Optional<Instant> staleSince, String version) {
    return new View(new ArrayList<>(known.values()), staleSince, version);
  }
}
