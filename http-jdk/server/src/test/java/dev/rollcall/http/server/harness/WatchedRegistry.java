package dev.rollcall.http.server.harness;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.RequestLimits;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

/** A registry in memory behind a real socket; the time of its leases and watches is turned. */
public final class WatchedRegistry implements TestServer {
  private final ManualClock clock = new ManualClock();
  private final BlockingQueue<CompletedRequest> completed = new LinkedBlockingQueue<>();
  private final MemoryTtlStore store =
      MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).build();
  private final ServiceRegistry registry =
      StoreRegistry.builder(store).nanoTime(clock).wallClock(clock).build();
  private final RegistryHttpServer server;
  private final Wire wire;

  public WatchedRegistry() {
    this(limits -> limits);
  }

  public WatchedRegistry(UnaryOperator<RequestLimits.Builder> limits) {
    this.server = start(limits);
    this.wire = new Wire(server.address());
  }

  /** Starts another server of the same registry, the caller's to close. */
  public RegistryHttpServer start(UnaryOperator<RequestLimits.Builder> limits) {
    return RegistryHttpServer.builder(
            RegistryEndpoints.builder(registry)
                .nanoTime(clock)
                .listener(completed::add)
                .limits(limits.apply(RequestLimits.builder()).build())
                .build())
        .start();
  }

  /** Registers a service whose info has a zone, for 30 seconds. */
  public void register(String id, String zone) {
    registry.register(
        Registration.builder()
            .url("http://" + id + ":1")
            .info(Map.of("zone", zone))
            .id(id)
            .ttl(Duration.ofSeconds(30))
            .build());
  }

  /** Returns a service as it is now. */
  public Service service(String id) {
    return registry.find(id).orElseThrow();
  }

  /** Returns the requests that have ended. */
  public BlockingQueue<CompletedRequest> completed() {
    return completed;
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
    registry.close();
    store.close();
  }
}
