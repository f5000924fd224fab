package dev.rollcall.store.memory;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.TtlStoreContract;
import dev.rollcall.spi.TtlStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class MemoryTtlStoreTest extends TtlStoreContract {
  private final ManualClock clock = new ManualClock();
  private final MemoryTtlStore store =
      MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).build();

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  public TtlStore store() {
    return store;
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
