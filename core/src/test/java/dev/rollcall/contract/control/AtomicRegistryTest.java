package dev.rollcall.contract.control;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ServiceRegistryContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract of a registry can be kept, over nothing but a store that keeps its own. */
class AtomicRegistryTest extends ServiceRegistryContract {
  private final ManualClock clock = new ManualClock();
  private final ServiceRegistry registry =
      StoreRegistry.builder(new AtomicStore(clock, clock))
          .reconcileInterval(Duration.ofMillis(100))
          .build();

  @AfterEach
  void close() {
    registry.close();
  }

  @Override
  public ServiceRegistry registry() {
    return registry;
  }

  @Override
  public void elapse(Duration time) {
    clock.advance(time);
  }
}
