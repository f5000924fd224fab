package dev.rollcall.contract.control;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ServiceRegistryContract;
import java.time.Duration;

/** The contract of a registry can be kept, over nothing but a store that keeps its own. */
class AtomicRegistryTest extends ServiceRegistryContract {
  private final ManualClock clock = new ManualClock();
  private final ServiceRegistry registry = ServiceRegistry.over(new AtomicStore(clock, clock));

  @Override
  public ServiceRegistry registry() {
    return registry;
  }

  @Override
  public void elapse(Duration time) {
    clock.advance(time);
  }
}
