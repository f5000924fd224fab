package dev.rollcall.contract.control;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.StoreViewContract;
import dev.rollcall.contract.WatchContract;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract of watches can be kept with their causes, over the simplest store with hints. */
class HintingRegistryTest implements WatchContract, StoreViewContract {
  private final ManualClock clock = new ManualClock();
  private final TtlStore store = new HintingStore(new AtomicStore(clock, clock));
  private final ServiceRegistry registry = ServiceRegistry.over(store);

  @AfterEach
  void close() {
    registry.close();
  }

  @Override
  public TtlStore store() {
    return store;
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
  public boolean tellsOfChanges() {
    return true;
  }

  @Override
  public void elapse(Duration time) {
    clock.advance(time);
  }
}
