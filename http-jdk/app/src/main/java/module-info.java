/** The bundled server, and its commands that are clients of one. */
module dev.rollcall.app {
  requires dev.rollcall;
  requires dev.rollcall.http.client;
  requires dev.rollcall.http.server;
  requires dev.rollcall.http.wire;
  requires dev.rollcall.metrics;
  requires info.picocli;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires org.slf4j;
  requires static org.jspecify;

  opens dev.rollcall.app to
      info.picocli;
  opens dev.rollcall.app.commands to
      info.picocli;
  opens dev.rollcall.app.options to
      info.picocli;
}
