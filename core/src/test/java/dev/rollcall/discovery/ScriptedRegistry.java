package dev.rollcall.discovery;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A registry whose one watch is told what a test says, on the test's thread. */
final class ScriptedRegistry implements ServiceRegistry {
  static final Instant STALE_SINCE = Instant.parse("2026-01-01T11:00:00Z");

  private static final Instant REGISTERED = Instant.parse("2026-01-01T10:00:00Z");

  private final Map<String, Service> services = new TreeMap<>();
  private @Nullable WatchListener listener;
  private @Nullable Query query;
  private int watches;
  private boolean isStale;
  private long revision;

  Service service(String id, String name, Map<String, Object> info) {
    return service(id, name, "http://" + id, info);
  }

  Service serviceAt(String id, String url) {
    return service(id, "orders", url, Map.of());
  }

  private Service service(String id, String name, String url, Map<String, Object> info) {
    return new Service(
        id,
        name,
        url,
        info,
        REGISTERED,
        REGISTERED,
        REGISTERED,
        REGISTERED.plusSeconds(30),
        ++revision);
  }

  void add(String... ids) {
    for (String id : ids) {
      put(service(id, "orders", Map.of()));
    }
  }

  void put(Service service) {
    Optional<Service> previous = Optional.ofNullable(services.put(service.id(), service));
    tell(List.of(new Change(Change.Type.of(previous, service), service, previous, REGISTERED)));
  }

  void remove(String id, Change.Type cause) {
    tell(List.of(removed(id, cause)));
  }

  void setStale(boolean isStale) {
    this.isStale = isStale;
    tell(List.of());
  }

  /** The registry can be asked again, and some services are no longer there. */
  void recoverWithout(Change.Type cause, String... ids) {
    isStale = false;
    tell(Arrays.stream(ids).map(id -> removed(id, cause)).toList());
  }

  private Change removed(String id, Change.Type cause) {
    Service gone = services.remove(id);
    return new Change(cause, gone, Optional.of(gone), REGISTERED);
  }

  private void tell(List<Change> changes) {
    if (listener != null) {
      listener.changed(
          new View(
              List.copyOf(services.values()),
              isStale ? Optional.of(STALE_SINCE) : Optional.empty(),
              SetVersion.of(services.values()).toString()),
          changes);
    }
  }

  /** Returns whom the watch tells. */
  WatchListener listener() {
    return listener;
  }

  Query query() {
    return query;
  }

  int watches() {
    return watches;
  }

  boolean isWatched() {
    return listener != null;
  }

  @Override
  public Watch watch(Query query, WatchListener listener) {
    this.query = query;
    this.listener = listener;
    watches++;
    return () -> this.listener = null;
  }

  @Override
  public Lease register(Registration registration) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Lease> ping(String id, Fence fence) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Service> deregister(String id, Fence fence) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Service> find(String id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Service> list() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
