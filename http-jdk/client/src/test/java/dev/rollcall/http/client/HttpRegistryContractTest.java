package dev.rollcall.http.client;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ServiceRegistryContract;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.store.memory.MemoryTtlStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract across a real socket: client, server, and a store in memory behind it. */
class HttpRegistryContractTest extends ServiceRegistryContract {
  private final ManualClock clock = new ManualClock();
  private final MemoryTtlStore store =
      MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).build();
  private final RegistryHttpServer server =
      RegistryHttpServer.builder(ServiceRegistry.over(store)).start();
  private final ServiceRegistry registry =
      HttpServiceRegistry.builder(server.url().toString()).wallClock(clock).build();

  @AfterEach
  void close() {
    registry.close();
    server.close();
    store.close();
  }

  @Override
  public ServiceRegistry registry() {
    return registry;
  }

  @Override
  public boolean tellsCauses() {
    return true;
  }

  @Override
  public void elapse(Duration time) {
    clock.advance(time);
  }

  @Override
  public boolean keepsHistory() {
    return true;
  }

  @Override
  public int rounds() {
    return 150;
  }
}
