package dev.rollcall.store.valkey;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.ServiceRegistryContract;
import dev.rollcall.history.ServiceEvent;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class ValkeyRegistryTest extends ServiceRegistryContract {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private static TtlStore store;
  private static ServiceRegistry registry;

  @BeforeAll
  static void open() {
    store = TtlStore.open(VALKEY.uri() + ValkeyExtension.PATIENT);
    registry = ServiceRegistry.over(store);
  }

  @AfterAll
  static void close() {
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
    VALKEY.elapse(time);
  }

  @Override
  public Duration clockTolerance() {
    return Duration.ofMillis(900);
  }
}
