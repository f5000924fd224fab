package dev.rollcall.http.server;

import dev.rollcall.http.server.contract.MalformedBodyContract;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.TestServer;
import java.util.function.UnaryOperator;

class MalformedBodyTest extends MalformedBodyContract {
  @Override
  protected TestServer serve(UnaryOperator<RegistryEndpoints.Builder> settings) {
    return new ServedRegistry(settings, server -> server);
  }
}
