package dev.rollcall.app.options;

import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** Where the server listens, and where its clients find it. */
public final class ListenOptions {
  @Option(names = "--port", paramLabel = "PORT", description = "Port to listen at; 0 for any.")
  private int port = 9000;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Address to listen at; 0.0.0.0 for all of this host.")
  private String host = "127.0.0.1";

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--base-path",
      paramLabel = "PATH",
      description = "What stands before /services, such as /v2.")
  private Optional<String> basePath = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--public-url",
      paramLabel = "URL",
      description = "Where clients reach it, base path included; else what they ask for.")
  private Optional<URI> publicUrl = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--allowed-host",
      paramLabel = "HOST",
      split = ",",
      description =
          "Name that it answers to, beside those of loopback and of --public-url; may be repeated."
              + " 403 to others. Default: any name; on loopback without keys, no other.")
  private List<String> allowedHosts = List.of();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--cors-origin",
      paramLabel = "ORIGIN",
      split = ",",
      description = "Origin whose web pages may read, never write; may be repeated.")
  private List<String> corsOrigins = List.of();

  @Option(
      names = "--trust-forwarded",
      description = "Believe X-Forwarded-*: only behind a proxy that sets or removes them.")
  private boolean trustForwarded;

  public void applyTo(RegistryEndpoints.Builder endpoints) {
    publicUrl.ifPresent(url -> OptionException.in("--public-url", () -> endpoints.publicUrl(url)));
    for (String allowed : allowedHosts) {
      OptionException.in("--allowed-host", () -> endpoints.allowedHost(allowed));
    }
    for (String origin : corsOrigins) {
      OptionException.in("--cors-origin", () -> endpoints.corsOrigin(origin));
    }
    if (trustForwarded) {
      endpoints.trustForwarded();
    }
  }

  public void applyTo(RegistryHttpServer.Builder server) {
    server.host(host);
    OptionException.in("--port", () -> server.port(port));
    basePath.ifPresent(path -> OptionException.in("--base-path", () -> server.basePath(path)));
    publicUrl.ifPresent(url -> server.startedField("public_url", url));
  }
}
