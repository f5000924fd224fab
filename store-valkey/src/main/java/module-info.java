/** Services in Valkey or Redis, which any number of registries share. */
module dev.rollcall.store.valkey {
  requires transitive dev.rollcall;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires org.apache.commons.pool2;
  requires org.slf4j;
  requires redis.clients.jedis;
  requires static org.jspecify;

  exports dev.rollcall.store.valkey;

  provides dev.rollcall.spi.TtlStoreProvider with
      dev.rollcall.store.valkey.ValkeyTtlStoreProvider;
}
