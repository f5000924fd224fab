package dev.rollcall.store.valkey;

import dev.rollcall.contract.TtlStoreContract;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class ValkeyTtlStoreTest extends TtlStoreContract {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private TtlStore store;

  @BeforeEach
  void open() {
    store = TtlStore.open(VALKEY.uri() + ValkeyExtension.PATIENT);
  }

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
    VALKEY.elapse(time);
  }

  @Override
  public Duration clockTolerance() {
    return Duration.ofMillis(900);
  }
}
