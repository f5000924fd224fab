package dev.rollcall.store.valkey;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.QueryContract;
import dev.rollcall.contract.StoreViewContract;
import dev.rollcall.contract.WatchContract;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import dev.rollcall.store.valkey.harness.ValkeySentinels;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** What watches and queries see over a master that Sentinel names. */
class SentinelWatchTest implements WatchContract, QueryContract, StoreViewContract {
  private static ValkeySentinels set;
  private static TtlStore store;
  private static ServiceRegistry registry;

  @BeforeAll
  static void open() {
    set = new ValkeySentinels();
    store = TtlStore.open(set.uri() + ValkeyExtension.PATIENT);
    registry = ServiceRegistry.over(store);
  }

  @BeforeEach
  void flush() {
    set.flush();
  }

  @AfterAll
  static void close() {
    registry.close();
    store.close();
    set.close();
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
  public boolean tellsOfChanges() {
    return true;
  }

  @Override
  public boolean tellsCauses() {
    return true;
  }

  @Override
  public void elapse(Duration time) {
    set.elapse(time);
  }

  /** What races is on one server, as in {@link ValkeyRegistryTest}. */
  @Override
  public int rounds() {
    return 300;
  }

  @Override
  public Duration clockTolerance() {
    return Duration.ofMillis(900);
  }
}
