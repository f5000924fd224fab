/** Micrometer meters for stores, requests and registrars. */
module dev.rollcall.metrics {
  requires transitive dev.rollcall;
  requires micrometer.core;
  requires static transitive dev.rollcall.http.server;
  requires static org.jspecify;

  exports dev.rollcall.metrics;
}
