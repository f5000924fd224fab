package dev.rollcall.http.server.contract;

import dev.rollcall.http.server.harness.ServerFactory;
import dev.rollcall.http.server.harness.WatchedRegistry;

/** What holds of watches on every HTTP server that can keep responses open. */
public abstract class WatchServerContract {
  /** Returns what starts servers of the kind that is tested. */
  protected abstract ServerFactory servers();

  /** Serves a registry whose time the test turns. */
  protected final WatchedRegistry watched() {
    return new WatchedRegistry(servers());
  }
}
