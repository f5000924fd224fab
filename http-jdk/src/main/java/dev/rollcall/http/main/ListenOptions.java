package dev.rollcall.http.main;

import dev.rollcall.http.server.RegistryHttpServer;
import picocli.CommandLine.Option;

/** Where the server listens. */
final class ListenOptions {
  @Option(names = "--port", paramLabel = "PORT", description = "Port to listen at; 0 for any.")
  private int port = 9000;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Address to listen at; 0.0.0.0 for all of this host.")
  private String host = "127.0.0.1";

  void applyTo(RegistryHttpServer.Builder server) {
    server.host(host).port(port);
  }
}
