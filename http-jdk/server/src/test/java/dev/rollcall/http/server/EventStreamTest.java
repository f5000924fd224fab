package dev.rollcall.http.server;

import dev.rollcall.http.server.contract.EventStreamContract;
import dev.rollcall.http.server.harness.JdkServers;
import dev.rollcall.http.server.harness.ServerFactory;

class EventStreamTest extends EventStreamContract {
  @Override
  protected ServerFactory servers() {
    return new JdkServers();
  }
}
