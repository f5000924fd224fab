package dev.rollcall.contract.control;

import dev.rollcall.contract.AwaitedStore;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.TtlStoreContract;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;

/** The contract of a store can be kept by asynchronous calls. */
class AsyncStoreTest extends TtlStoreContract {
  private final ManualClock clock = new ManualClock();
  private final TtlStore store =
      new AwaitedStore(new AsyncStore(new AtomicStore(clock, clock), ForkJoinPool.commonPool()));

  @Override
  public TtlStore store() {
    return store;
  }

  @Override
  public void elapse(Duration time) {
    clock.advance(time);
  }
}
