package dev.rollcall.http.server.harness;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;

/** A registry in memory whose time the test turns, behind a real socket. */
public final class ServedRegistry implements TestServer {
  /** What {@link ManualClock} starts at. */
  public static final String START = "2026-11-23T18:01:32.977Z";

  private final ManualClock clock = new ManualClock();
  private final MemoryTtlStore store =
      MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).maxServices(100).build();
  private final ServiceRegistry registry = ServiceRegistry.over(store);
  private final RegistryHttpServer server;
  private final Wire wire;

  public ServedRegistry() {
    this(handler -> handler, server -> server);
  }

  public ServedRegistry(
      UnaryOperator<RegistryEndpoints.Builder> handlerSettings,
      UnaryOperator<RegistryHttpServer.Builder> serverSettings) {
    RegistryEndpoints handler = handlerSettings.apply(RegistryEndpoints.builder(registry)).build();
    this.server = serverSettings.apply(RegistryHttpServer.builder(handler)).start();
    this.wire = new Wire(server.address());
  }

  public ManualClock clock() {
    return clock;
  }

  @Override
  public ServiceRegistry registry() {
    return registry;
  }

  public RegistryHttpServer server() {
    return server;
  }

  @Override
  public InetSocketAddress address() {
    return server.address();
  }

  @Override
  public Wire wire() {
    return wire;
  }

  @Override
  public void close() {
    server.close();
    store.close();
  }
}
