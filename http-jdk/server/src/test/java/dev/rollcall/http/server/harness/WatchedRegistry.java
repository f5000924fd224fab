package dev.rollcall.http.server.harness;

import dev.rollcall.Registration;
import dev.rollcall.Service;
import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.RequestLimits;
import dev.rollcall.http.server.spi.CompletedRequest;
import dev.rollcall.http.server.spi.StreamListener;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A registry in memory behind a real socket; the time of its leases and watches is turned. */
public final class WatchedRegistry implements TestServer, StreamListener {
  private final ServerFactory servers;
  private final ManualClock clock = new ManualClock();
  private final BlockingQueue<CompletedRequest> completed = new LinkedBlockingQueue<>();
  private final MemoryTtlStore store =
      MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).build();
  private final ServiceRegistry registry =
      StoreRegistry.builder(store).nanoTime(clock).wallClock(clock).build();
  private final AtomicInteger open = new AtomicInteger();
  private final TestServer server;

  public WatchedRegistry(ServerFactory servers) {
    this(servers, endpoints -> endpoints);
  }

  public WatchedRegistry(ServerFactory servers, UnaryOperator<RegistryEndpoints.Builder> settings) {
    this.servers = servers;
    this.server = start(settings);
  }

  /** Limits how many streams and waiting requests are open. */
  public static UnaryOperator<RegistryEndpoints.Builder> maxWatches(int count) {
    return endpoints -> endpoints.limits(RequestLimits.builder().maxWatches(count).build());
  }

  /** Starts another server of the same registry, the caller's to close. */
  public TestServer start(UnaryOperator<RegistryEndpoints.Builder> settings) {
    return servers.serve(
        registry,
        endpoints ->
            settings.apply(
                endpoints.nanoTime(clock).listener(completed::add).streamListener(this)));
  }

  @Override
  public void streamsOpen(int count) {
    open.set(count);
  }

  /** Waits until so many streams and waiting requests are open at the server that began last. */
  public void awaitOpen(int count) {
    while (open.get() != count) {
      Thread.onSpinWait();
    }
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

  /** Returns the server alone; closing it stops it. */
  public TestServer server() {
    return server;
  }

  @Override
  public InetSocketAddress address() {
    return server.address();
  }

  @Override
  public void close() {
    server.close();
    registry.close();
    store.close();
  }
}
