package dev.rollcall.http.server.harness;

import dev.rollcall.ServiceRegistry;
import dev.rollcall.http.server.RegistryEndpoints;
import java.util.function.UnaryOperator;

/** Starts servers of one kind, at the root and at 127.0.0.1. */
@FunctionalInterface
public interface ServerFactory {
  /**
   * Serves a registry, which stays the caller's; closing the server stops it as an operator does.
   */
  TestServer serve(ServiceRegistry registry, UnaryOperator<RegistryEndpoints.Builder> settings);
}
