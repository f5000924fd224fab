package dev.rollcall.http.server.attack;

import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.contract.SmugglingContract;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.TestServer;
import java.util.function.UnaryOperator;

class SmugglingTest extends SmugglingContract {
  @Override
  protected TestServer serve(UnaryOperator<RegistryEndpoints.Builder> settings) {
    return new ServedRegistry(settings, server -> server);
  }
}
