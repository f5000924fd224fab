package dev.rollcall.examples.springboot;

import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.contract.PrometheusTargetsContract;
import dev.rollcall.http.server.harness.TestServer;
import java.util.function.UnaryOperator;

class ServletPrometheusTargetsTest extends PrometheusTargetsContract {
  @Override
  protected TestServer serve(UnaryOperator<RegistryEndpoints.Builder> settings) {
    return new TomcatRegistry(settings);
  }
}
