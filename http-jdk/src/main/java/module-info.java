/**
 * The registration protocol over HTTP: a server on the JDK's {@code HttpServer}, and the client
 * that is itself a {@link dev.rollcall.ServiceRegistry}.
 */
module dev.rollcall.http {
  requires transitive dev.rollcall;
  requires transitive jdk.httpserver;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires okhttp3;
  requires org.slf4j;
  requires static info.picocli;
  requires static micrometer.core;
  requires static micrometer.registry.prometheus;
  requires static org.jspecify;

  exports dev.rollcall.http.client;
  exports dev.rollcall.http.metrics;
  exports dev.rollcall.http.server;

  opens dev.rollcall.http.main to
      info.picocli;

  provides com.sun.net.httpserver.spi.HttpServerProvider with
      dev.rollcall.http.NodelayServerProvider;
  provides dev.rollcall.spi.ServiceRegistryProvider with
      dev.rollcall.http.client.HttpRegistryProvider;

  uses com.sun.net.httpserver.spi.HttpServerProvider;
}
