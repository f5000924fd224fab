package dev.rollcall.view;

import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Polls a registry that tells nobody of changes, and that reads services one by one. */
final class PolledSource implements ViewSource {
  /** To read more services than these, a list comes first. */
  private static final int FEW = 20;

  /** So many lists in a row show that the registry is closed; one may be a moment's trouble. */
  private static final int REFUSALS = 2;

  private final ServiceRegistry registry;
  private final InstantSource wallClock;
  private volatile Runnable whenClosed = () -> {};
  private int refusals; // used by the steps of the view alone

  PolledSource(ServiceRegistry registry, InstantSource wallClock) {
    this.registry = registry;
    this.wallClock = wallClock;
  }

  /** Has an action run when lists show that the registry is closed. */
  void whenClosed(Runnable action) {
    whenClosed = action;
  }

  @Override
  public Collection<Service> list() {
    try {
      Collection<Service> services = registry.list();
      refusals = 0;
      return services;
    } catch (IllegalStateException e) { // What a registry throws once it is closed.
      refusals++;
      if (refusals >= REFUSALS) {
        whenClosed.run();
      }
      throw e;
    }
  }

  /**
   * Reads by itself what the list lacks, also where there is one: a list may lack what registers
   * again while it is made.
   */
  @Override
  public Collection<Service> findAll(Collection<String> ids) {
    Map<String, Service> listed = new HashMap<>();
    if (ids.size() > FEW) {
      list().forEach(service -> listed.put(service.id(), service));
    }
    List<Service> found = new ArrayList<>(ids.size());
    for (String id : ids) {
      Optional.ofNullable(listed.get(id)).or(() -> registry.find(id)).ifPresent(found::add);
    }
    return found;
  }

  @Override
  public Instant time() {
    return wallClock.instant();
  }

  @Override
  public Optional<HintSubscription> subscribe(HintListener listener) {
    return Optional.empty();
  }
}
