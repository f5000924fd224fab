package dev.rollcall.http.server.contract;

import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.harness.TestServer;
import java.util.function.UnaryOperator;

/** What holds on every HTTP server; a subclass supplies the server. */
public abstract class EndpointsContract {
  /** Serves endpoints at the root of a server that listens at 127.0.0.1. */
  protected abstract TestServer serve(UnaryOperator<RegistryEndpoints.Builder> settings);
}
