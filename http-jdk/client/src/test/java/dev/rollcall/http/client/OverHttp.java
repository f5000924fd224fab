package dev.rollcall.http.client;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;

/** A server over a store, and a client of it: a registry over HTTP. */
final class OverHttp implements AutoCloseable {
  private final TtlStore store;
  private final ServiceRegistry served;
  private final RegistryHttpServer server;
  private final ServiceRegistry client;

  /** Opens a store by its URI, and serves it. */
  OverHttp(String storeUri) {
    store = TtlStore.open(storeUri);
    served = StoreRegistry.builder(store).reconcileInterval(Duration.ofSeconds(1)).build();
    server = RegistryHttpServer.builder(served).start();
    client = HttpServiceRegistry.connect(server.url().toString());
  }

  ServiceRegistry client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
    server.close();
    served.close();
    store.close();
  }
}
