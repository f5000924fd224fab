package dev.rollcall.store.valkey;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.StoreRegistry;
import dev.rollcall.contract.WatchOutageContract;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import dev.rollcall.store.valkey.harness.ValkeyProcess;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.RedisClient;

/** What watches see of a Valkey that stands still. */
class ValkeyOutageTest implements WatchOutageContract {
  private ValkeyProcess valkey;
  private TtlStore store;
  private ServiceRegistry registry;

  @BeforeEach
  void open() {
    valkey = ValkeyProcess.start();
    store = TtlStore.open(valkey.uri() + "?timeout-ms=2000");
    registry = StoreRegistry.builder(store).reconcileInterval(Duration.ofSeconds(1)).build();
  }

  @AfterEach
  void close() {
    registry.close();
    store.close();
    valkey.close();
  }

  @Override
  public ServiceRegistry registry() {
    return registry;
  }

  @Override
  public void beginOutage() {
    valkey.suspend();
  }

  @Override
  public void endOutage() {
    valkey.resume();
  }

  @Override
  public void elapse(Duration time) {
    try (RedisClient client = RedisClient.create(valkey.host(), valkey.port())) {
      ValkeyExtension.elapse(client, time);
    }
  }
}
