/** The protocol's endpoints, and adapters that put them on the JDK's {@code HttpServer}. */
module dev.rollcall.http.server {
  requires transitive dev.rollcall;
  requires transitive jdk.httpserver;
  requires dev.rollcall.http.wire;
  requires org.slf4j;
  requires static org.jspecify;

  exports dev.rollcall.http.server;
  exports dev.rollcall.http.server.jdk;
  exports dev.rollcall.http.server.spi;

  provides com.sun.net.httpserver.spi.HttpServerProvider with
      dev.rollcall.http.server.jdk.NodelayServerProvider;

  uses com.sun.net.httpserver.spi.HttpServerProvider;
}
