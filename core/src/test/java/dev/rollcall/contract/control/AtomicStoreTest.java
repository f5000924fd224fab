package dev.rollcall.contract.control;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.TtlStoreContract;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;

/** The contract of a store can be kept. */
class AtomicStoreTest extends TtlStoreContract {
  private final ManualClock clock = new ManualClock();
  private final TtlStore store = new AtomicStore(clock, clock);

  @Override
  public TtlStore store() {
    return store;
  }

  @Override
  public void elapse(Duration time) {
    clock.advance(time);
  }
}
