package dev.rollcall.examples.robustness;

import dev.rollcall.StoreRegistry;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.spi.TtlStore;
import java.util.List;

/** A server of this process over a store. */
final class InProcessDeployment implements Deployment {
  private final RegistryHttpServer server;
  private final List<FaultKind> faults;

  InProcessDeployment(TtlStore store, FaultKind... faults) {
    this.server = RegistryHttpServer.builder(StoreRegistry.builder(store).build()).start();
    this.faults = List.of(faults);
  }

  @Override
  public List<Integer> ports() {
    return List.of(server.address().getPort());
  }

  @Override
  public List<FaultKind> faults() {
    return faults;
  }

  @Override
  public List<String> endedUnasked() {
    return List.of();
  }

  @Override
  public void close() {
    server.close();
  }
}
