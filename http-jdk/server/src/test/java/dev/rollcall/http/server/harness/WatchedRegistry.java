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
import java.util.function.BooleanSupplier;
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

  // Guarded by this.
  private int open;
  private int opened;
  private int sent;
  private int cutOffs;

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
  public synchronized void streamsOpen(int count) {
    opened += count > open ? 1 : 0;
    open = count;
    notifyAll();
  }

  @Override
  public synchronized void snapshotSent() {
    sent++;
    notifyAll();
  }

  @Override
  public synchronized void changesSent(int events, int merged) {
    sent += events;
    notifyAll();
  }

  @Override
  public synchronized void cutOff() {
    cutOffs++;
  }

  /** Returns how many streams and waiting requests are open at the server that began last. */
  public synchronized int open() {
    return open;
  }

  /** Returns how many clients were cut off. */
  public synchronized int cutOffs() {
    return cutOffs;
  }

  /** Waits until so many streams and waiting requests are open at the server that began last. */
  public void awaitOpen(int count) {
    await(() -> open == count);
  }

  /** Waits until so many streams and waiting requests have been opened in all. */
  public void awaitOpened(int count) {
    await(() -> opened >= count);
  }

  /** Waits until streams have been sent so many snapshots and changes in all. */
  public void awaitSent(int count) {
    await(() -> sent >= count);
  }

  private synchronized void await(BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("open " + open + ", sent " + sent, e);
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
