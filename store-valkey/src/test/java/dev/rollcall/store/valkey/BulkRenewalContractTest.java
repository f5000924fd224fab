package dev.rollcall.store.valkey;

import dev.rollcall.contract.InBulk;
import dev.rollcall.contract.TtlStoreContract;
import dev.rollcall.spi.TtlStore;
import dev.rollcall.store.valkey.harness.ValkeyExtension;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A renewal is the same whether it comes alone or among others. */
class BulkRenewalContractTest extends TtlStoreContract {
  @RegisterExtension static final ValkeyExtension VALKEY = new ValkeyExtension();

  private TtlStore store;

  @BeforeEach
  void open() {
    store = new InBulk(TtlStore.open(VALKEY.uri()));
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
  public void elapse(Duration time) {
    VALKEY.elapse(time);
  }

  @Override
  public Duration clockTolerance() {
    return Duration.ofMillis(500);
  }
}
