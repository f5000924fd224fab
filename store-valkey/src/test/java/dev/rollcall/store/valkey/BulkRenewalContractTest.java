package dev.rollcall.store.valkey;

import dev.rollcall.contract.InBulk;
import dev.rollcall.spi.TtlStore;

/** A renewal is the same whether it comes alone or among others. */
class BulkRenewalContractTest extends ValkeyTtlStoreTest {
  @Override
  public TtlStore store() {
    return new InBulk(super.store());
  }
}
