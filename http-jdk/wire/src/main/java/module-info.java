/**
 * The protocol's JSON and times, and files that change, for Rollcall's own client and server alone.
 */
@SuppressWarnings("module") // They are built after this one.
module dev.rollcall.http.wire {
  requires transitive com.fasterxml.jackson.core;
  requires transitive com.fasterxml.jackson.databind;
  requires transitive dev.rollcall;
  requires static org.jspecify;

  exports dev.rollcall.http.wire to
      dev.rollcall.app,
      dev.rollcall.http.client,
      dev.rollcall.http.server;
}
