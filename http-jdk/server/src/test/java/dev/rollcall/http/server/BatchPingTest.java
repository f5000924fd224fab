package dev.rollcall.http.server;

import dev.rollcall.http.server.contract.BatchPingContract;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.TestServer;
import java.util.function.UnaryOperator;

class BatchPingTest extends BatchPingContract {
  @Override
  protected TestServer serve(UnaryOperator<RegistryEndpoints.Builder> settings) {
    return new ServedRegistry(settings, server -> server);
  }
}
