package dev.rollcall.view;

import dev.rollcall.Service;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.spi.HintListener;
import dev.rollcall.spi.HintSubscription;
import dev.rollcall.spi.TtlStore;
import java.time.Instant;
import java.util.Collection;
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
}
