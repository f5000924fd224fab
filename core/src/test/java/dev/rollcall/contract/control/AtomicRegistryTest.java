package dev.rollcall.contract.control;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.ServiceRegistryContract;
import dev.rollcall.contract.WatchOutageContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract of a registry can be kept, over nothing but a store that keeps its own. */
class AtomicRegistryTest extends ServiceRegistryContract implements WatchOutageContract {
  private final ManualClock clock = new ManualClock();
  private final FailingStore store = new FailingStore(new AtomicStore(clock, clock));
  private final ServiceRegistry registry =
      StoreRegistry.builder(store).reconcileInterval(Duration.ofMillis(100)).build();

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

  @Override
  public void beginOutage() {
    store.fail(true);
  }

  @Override
  public void endOutage() {
    store.fail(false);
  }
}
