package dev.rollcall.http.server;

import dev.rollcall.http.server.contract.PrometheusTargetsContract;
import dev.rollcall.http.server.harness.ServedRegistry;
import dev.rollcall.http.server.harness.TestServer;
import java.util.function.UnaryOperator;

class PrometheusTargetsTest extends PrometheusTargetsContract {
  @Override
  protected TestServer serve(UnaryOperator<RegistryEndpoints.Builder> settings) {
    return new ServedRegistry(settings, server -> server);
  }
}
