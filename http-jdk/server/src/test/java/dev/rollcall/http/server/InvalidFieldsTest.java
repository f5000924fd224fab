package dev.rollcall.http.server;

import dev.rollcall.http.server.contract.InvalidFieldsContract;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.TestServer;
import java.util.function.UnaryOperator;

class InvalidFieldsTest extends InvalidFieldsContract {
  @Override
  protected TestServer serve(UnaryOperator<RegistryEndpoints.Builder> settings) {
    return new ServedRegistry(settings, server -> server);
  }
}
