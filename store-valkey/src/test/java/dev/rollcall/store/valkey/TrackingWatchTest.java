package dev.rollcall.store.valkey;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.WatchContract;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What watches see over a store that tracks foreign writers: the same, with hints to spare. */
class TrackingWatchTest implements WatchContract {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private TtlStore store;
  private ServiceRegistry registry;

  @BeforeEach
  void open() {
    store = TtlStore.open(VALKEY.uri() + ValkeyExtension.PATIENT + "&foreign-writers=tracking");
    registry = ServiceRegistry.over(store);
  }

  @AfterEach
  void close() {
    registry.close();
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

  /**
   * A short time passes by itself: what cuts a lease short is a foreign write, and told as that.
   */
  @Override
  public void elapse(Duration time) {
    if (time.compareTo(SHORT) > 0) {
      VALKEY.elapse(time);
    }
  }

  @Override
  public int rounds() {
    return 300;
  }

  @Override
  public Duration clockTolerance() {
    return Duration.ofMillis(900);
  }
}
