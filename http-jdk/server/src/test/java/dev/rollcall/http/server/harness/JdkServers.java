package dev.rollcall.http.server.harness;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;

/** Starts servers on the JDK's. */
public final class JdkServers implements ServerFactory {
  private record Served(ServiceRegistry registry, RegistryHttpServer server) implements TestServer {
    @Override
    public InetSocketAddress address() {
      return server.address();
    }

    @Override
    public void close() {
      server.close();
    }
  }

  @Override
  public TestServer serve(
      ServiceRegistry registry, UnaryOperator<RegistryEndpoints.Builder> settings) {
    RegistryEndpoints endpoints = settings.apply(RegistryEndpoints.builder(registry)).build();
    return new Served(registry, RegistryHttpServer.builder(endpoints).start());
  }
}
