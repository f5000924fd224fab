package dev.rollcall.metrics;

import dev.rollcall.contract.ManualClock;
import dev.rollcall.contract.TtlStoreContract;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.memory.MemoryTtlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** A store is the same whether it is measured or not. */
class MeasuredStoreContractTest extends TtlStoreContract {
  private final ManualClock clock = new ManualClock();
  private final TtlStore store =
      RollcallMetrics.of(new SimpleMeterRegistry())
          .measured(MemoryTtlStore.builder().nanoTime(clock).wallClock(clock).build());

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
