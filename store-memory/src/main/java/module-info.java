/** Services in an expiring map, in the memory of the JVM. */
module dev.rollcall.store.memory {
  requires transitive dev.rollcall;
  requires static org.jspecify;

  exports dev.rollcall.store.memory;

  provides dev.rollcall.spi.TtlStoreProvider with
      dev.rollcall.store.memory.MemoryTtlStoreProvider;
}
