package dev.rollcall.store.valkey;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ServiceRegistryContract;
import dev.rollcall.contract.StoreViewContract;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyCluster;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class ClusterRegistryTest extends ServiceRegistryContract implements StoreViewContract {
  private static ValkeyCluster cluster;
  private static TtlStore store;
  private static ServiceRegistry registry;

  @BeforeAll
  static void open() {
    cluster = new ValkeyCluster();
    store = TtlStore.open(cluster.uri() + ValkeyExtension.PATIENT);
    registry = ServiceRegistry.over(store);
  }

  static TtlStore sharedStore() {
    return store;
  }

  @Override
  public TtlStore store() {
    return store;
  }

  @Override
  public boolean tellsOfChanges() {
    return true;
  }

  @BeforeEach
  void flush() {
    cluster.flush();
  }

  @AfterAll
  static void close() {
    store.close();
    cluster.close();
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
  public boolean keepsHistory() {
    return true;
  }

  @Override
  public Set<ServiceEvent.Type> endsOfLeases() {
    return Set.of(ServiceEvent.Type.EXPIRED, ServiceEvent.Type.LOST);
  }

  @Override
  public boolean recordsEachRefusal() {
    return false;
  }

  @Override
  public void elapse(Duration time) {
    cluster.elapse(time);
  }

  /** What races is on one server, and has raced there more often in {@link ValkeyRegistryTest}. */
  @Override
  public int rounds() {
    return 300;
  }

  @Override
  public Duration clockTolerance() {
    return Duration.ofMillis(900);
  }
}
