package dev.rollcall.store.valkey;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.contract.AwaitedStore;
import org.junit.jupiter.api.BeforeAll;

/** The contract of a registry, kept by the asynchronous calls of a store over a cluster. */
class AsyncClusterRegistryTest extends ClusterRegistryTest {
  private static ServiceRegistry awaited;

  @BeforeAll
  static void await() {
    awaited = ServiceRegistry.over(new AwaitedStore(sharedStore()));
  }

  @Override
  public ServiceRegistry registry() {
    return awaited;
  }
}
