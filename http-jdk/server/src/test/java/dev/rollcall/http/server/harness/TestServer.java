package dev.rollcall.http.server.harness;

import dev.rollcall.ServiceRegistry;
import java.net.InetSocketAddress;

/** The endpoints of a registry in memory on a real socket, at the root of any HTTP server. */
public interface TestServer extends AutoCloseable {
  ServiceRegistry registry();

  InetSocketAddress address();

  default Wire wire() {
    return new Wire(address());
  }

  @Override
  void close();
}
