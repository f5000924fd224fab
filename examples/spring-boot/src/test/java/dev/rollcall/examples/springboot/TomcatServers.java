package dev.rollcall.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.harness.ServerFactory;
import dev.rollcall.http.server.harness.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Starts servlets, each on a Tomcat of its own. */
final class TomcatServers implements ServerFactory {
  private final List<TomcatRegistry> started = new ArrayList<>();

  @Override
  public TestServer serve(
      ServiceRegistry registry, UnaryOperator<RegistryEndpoints.Builder> settings) {
    TomcatRegistry server = new TomcatRegistry(registry, settings);
    started.add(server);
    return server;
  }

  /** Asserts that no Tomcat has logged anything of the requests. */
  void assertQuiet() {
    assertThat(started).allSatisfy(server -> assertThat(server.warnings()).isEmpty());
  }
}
