package dev.rollcall.store.valkey;

import dev.rollcall.contract.AwaitedStore;
import dev.rollcall.spi.TtlStore;

/** The contract of a store, kept by the asynchronous calls. */
class AsyncStoreContractTest extends ValkeyTtlStoreTest {
  @Override
  public TtlStore store() {
    return new AwaitedStore(super.store());
  }
}
