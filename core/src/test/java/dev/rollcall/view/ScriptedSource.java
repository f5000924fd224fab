package dev.rollcall.view;

import dev.rollcall.Service;
import dev.rollcall.StoreUnavailableException;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A source whose services a test sets, and whose reads it counts. */
final class ScriptedSource implements ViewSource {
  final Map<String, Service> services = new LinkedHashMap<>();
  final List<HintListener> listeners = new ArrayList<>();
  final ManualClock clock;

  /** How far this source's clock is ahead of the view's reckoning of it. */
  Duration clockLag = Duration.ZERO;

  boolean isOut;
  int lists;
  int idsRead;

  /** Runs in the midst of a list, after the services were taken. */
  Runnable duringList = () -> {};

  /** Runs before some ids are read. */
  Runnable beforeFind = () -> {};

  /** At which service the next find of some ids ends with an {@code Error}; never if negative. */
  int tearNextFind = -1;

  private long revisions;

  ScriptedSource(ManualClock clock) {
    this.clock = clock;
  }

  /** Puts a service with a lease of 30 seconds, as a new registration. */
  Service register(String id, String name, String url) {
    Instant now = clock.instant();
    Service service =
        new Service(
            id, name, url, Map.of("n", name), now, now, now, now.plusSeconds(30), ++revisions);
    services.put(id, service);
    return service;
  }

  Service register(String id) {
    return register(id, id, "http://" + id);
  }

  /** Starts the lease of a service again. */
  void ping(String id) {
    Service old = services.get(id);
    Instant now = clock.instant();
    services.put(
        id,
        new Service(
            id,
            old.name(),
            old.url(),
            old.info(),
            old.registeredAt(),
            old.lastUpdated(),
            now,
            now.plusSeconds(30),
            old.revision()));
  }

  HintListener hint() {
    return listeners.get(0);
  }

  private Collection<Service> alive() {
    if (isOut) {
      throw new StoreUnavailableException("out", null, null);
    }
    Instant now = clock.instant().minus(clockLag);
    List<Service> alive = new ArrayList<>(services.values());
    alive.removeIf(service -> !service.expiresAt().isAfter(now));
    return alive;
  }

  @Override
  public Collection<Service> list() {
    lists++;
    Collection<Service> alive = alive();
    duringList.run();
    return alive;
  }

  @Override
  public Collection<Service> findAll(Collection<String> ids) {
    idsRead += ids.size();
    beforeFind.run();
    Collection<Service> alive = alive();
    alive.removeIf(service -> !ids.contains(service.id()));
    return tearNextFind < 0 ? alive : torn(alive);
  }

  /** Returns a list in the midst of which an {@code Error} comes, once. */
  private Collection<Service> torn(Collection<Service> whole) {
    List<Service> services = new ArrayList<>(whole);
    int end = tearNextFind;
    tearNextFind = -1;
    return new AbstractList<>() {
      @Override
      public Service get(int index) {
        if (index == end) {
          throw new OutOfMemoryError("on purpose");
        }
        return services.get(index);
      }

      @Override
      public int size() {
        return services.size();
      }
    };
  }

  @Override
  public Instant time() {
    if (isOut) {
      throw new StoreUnavailableException("out", null, null);
    }
    return clock.instant();
  }

  @Override
  public Optional<HintSubscription> subscribe(HintListener listener) {
    listeners.add(listener);
    return Optional.of(() -> listeners.remove(listener));
  }
}
