package dev.rollcall.view;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.discovery.Query;
import dev.rollcall.discovery.Watch;
import dev.rollcall.discovery.WatchListener;
import java.time.InstantSource;

/** A watch with a view of its own, over a registry that tells nobody of changes. */
public final class PolledWatch {
  private PolledWatch() {}

  /**
   * Opens a watch; see {@link ServiceRegistry#watch}.
   *
   * @param registry is polled
   * @param query which services
   * @param listener is told
   * @return the watch, which ends the polling when it is closed
   * @throws IllegalArgumentException if the query is paged
   */
  public static Watch open(ServiceRegistry registry, Query query, WatchListener listener) {
    InstantSource wallClock = InstantSource.system();
    PolledSource source = new PolledSource(registry, wallClock);
    RegistryView view = new RegistryView(source, ViewSettings.defaults(wallClock));
    source.whenClosed(view::close);
    return view.watch(query, listener);
  }
}
