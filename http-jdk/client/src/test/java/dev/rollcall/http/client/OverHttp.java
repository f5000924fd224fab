package dev.rollcall.http.client;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.spi.AsyncRegistry;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.spi.ViewListener;
import java.time.Duration;

/** A server over a store, and a client of it: a registry over HTTP. */
final class OverHttp implements AutoCloseable {
  private final TtlStore store;
  private final ServiceRegistry served;
  private final RegistryHttpServer server;
  private final ServiceRegistry client;
  private volatile int watchesOpen;

  /** Opens a store by its URI, and serves it. */
  OverHttp(String storeUri) {
    store = TtlStore.open(storeUri);
    served =
        StoreRegistry.builder(store)
            .reconcileInterval(Duration.ofSeconds(1))
            .viewListener(
                new ViewListener() {
                  @Override
                  public void watchesOpen(int open) {
                    watchesOpen = open;
                  }
                })
            .build();
    server = RegistryHttpServer.builder(served).start();
    client = HttpServiceRegistry.connect(server.url().toString());
  }

  ServiceRegistry client() {
    return client;
  }

  /** Returns the registry that the server serves. */
  AsyncRegistry served() {
    return (AsyncRegistry) served;
  }

  /** Returns how many watches the server has open. */
  int watchesOpen() {
    return watchesOpen;
  }

  @Override
  public void close() {
    client.close();
    server.close();
    served.close();
    store.close();
  }
}
