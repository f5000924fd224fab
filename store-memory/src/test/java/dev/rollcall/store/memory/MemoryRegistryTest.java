package dev.rollcall.store.memory;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ServiceRegistryContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class MemoryRegistryTest extends ServiceRegistryContract {
  private final ManualClock clock = new ManualClock();
  private final MemoryTtlStore store =
      MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).build();
  private final ServiceRegistry registry = ServiceRegistry.over(store);

  @AfterEach
  void close() {
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
  public boolean keepsHistory() {
    return true;
  }

  @Override
  public void elapse(Duration time) {
    clock.advance(time);
  }
}
