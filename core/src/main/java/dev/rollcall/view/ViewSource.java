package dev.rollcall.view;

import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.TtlStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Where a view reads what is true. */
public interface ViewSource {

  /** Returns all services; see {@link TtlStore#list}. */
  Collection<Service> list();

  /** Returns those of some services that are alive; see {@link TtlStore#findAll}. */
  Collection<Service> findAll(Collection<String> ids);

  /** Returns the time by the clock that dates the services; see {@link TtlStore#time}. */
  Instant time();

  /** Takes note of how services ended that the view has seen end; see {@link TtlStore#noteEnd}. */
  default void noteEnd(ServiceEvent end) {}

  /** Has a listener told where to look, if that is possible; see {@link TtlStore#subscribe}. */
  Optional<HintSubscription> subscribe(HintListener listener);

  /** Returns what reads a store. */
  static ViewSource of(TtlStore store) {
    return new ViewSource() {
      @Override
      public Collection<Service> list() {
        return store.list();
      }

      @Override
      public Collection<Service> findAll(Collection<String> ids) {
        return store.findAll(ids);
      }

      @Override
      public Instant time() {
        return store.time();
      }

      @Override
      public void noteEnd(ServiceEvent end) {
        store.noteEnd(end);
      }

      @Override
      public Optional<HintSubscription> subscribe(HintListener listener) {
        return store.subscribe(listener);
      }
    };
  }

  /** Returns what polls a registry that tells nobody of changes. */
  static ViewSource of(ServiceRegistry registry, InstantSource wallClock) {
    return new ViewSource() {
      @Override
      public Collection<Service> list() {
        return registry.list();
      }

      @Override
      public Collection<Service> findAll(Collection<String> ids) {
        List<Service> found = new ArrayList<>(ids.size());
        for (String id : ids) {
          registry.find(id).ifPresent(found::add);
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
    };
  }
}
