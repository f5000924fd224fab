package dev.rollcall.http.server;

import dev.rollcall.http.server.contract.WatchLimitsContract;
import dev.rollcall.http.server.harness.JdkServers;
import dev.rollcall.http.server.harness.ServerFactory;

class WatchLimitsTest extends WatchLimitsContract {
  @Override
  protected ServerFactory servers() {
    return new JdkServers();
  }
}
