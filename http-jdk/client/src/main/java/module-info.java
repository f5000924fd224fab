/** A {@link dev.rollcall.ServiceRegistry} that is reached over HTTP. */
module dev.rollcall.http.client {
  requires transitive dev.rollcall;
  requires dev.rollcall.http.wire;
  requires okhttp3;
  requires okio;
  requires static org.jspecify;

  exports dev.rollcall.http.client;

  provides dev.rollcall.spi.ServiceRegistryProvider with
      dev.rollcall.http.client.HttpRegistryProvider;
}
