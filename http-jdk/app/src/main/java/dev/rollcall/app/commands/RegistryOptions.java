package dev.rollcall.app.commands;

import dev.rollcall.app.options.OptionException;
import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.registrar.EnvironmentVariable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** The registry that a command is a client of. */
final class RegistryOptions {
  static final String DEFAULT_URL = "http://127.0.0.1:9000";

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--registry",
      paramLabel = "URL",
      description = {
        "The registry: its root, its base path or its register URL; or several of its servers,"
            + " with commas between them. Else what the environment's SERVICEKIT_ORCHESTRATOR_URL"
            + " says.",
        "  Default: " + DEFAULT_URL
      })
  private Optional<String> url = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--service-key-file",
      paramLabel = "FILE",
      description =
          "It holds the key to send and nothing else; read again when it changes. Else the key in"
              + " the environment's SERVICEKIT_REGISTRATION_KEY, or none.")
  private Optional<Path> keyFile = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--trusted-certificates",
      paramLabel = "FILE",
      description =
          "PEM: the authorities that have signed the registry's certificate; else those that the"
              + " JVM trusts; read again when it changes.")
  private Optional<Path> trustedCertificates = Optional.empty();

  @ArgGroup(exclusive = false)
  private @Nullable ClientCertificate clientCertificate;

  /** Both or neither. */
  static final class ClientCertificate {
    @Option(
        names = "--client-certificate",
        required = true,
        paramLabel = "FILE",
        description =
            "PEM: the certificate to show to a registry that asks for one; read again when it"
                + " changes.")
    private Path chain = Path.of("");

    @Option(
        names = "--client-key",
        required = true,
        paramLabel = "FILE",
        description = "PEM: its private key.")
    private Path key = Path.of("");
  }

  /**
   * Opens a client of the registry. Nothing is sent before its first call.
   *
   * @param timeout how long a call may take
   * @throws IllegalArgumentException if the URL, the key or a certificate cannot be used
   */
  HttpServiceRegistry open(Duration timeout) {
    HttpServiceRegistry.Builder registry =
        HttpServiceRegistry.builder(
            url.or(() -> set(EnvironmentVariable.ORCHESTRATOR_URL)).orElse(DEFAULT_URL));
    if (keyFile.isPresent()) {
      registry.serviceKey(
          OptionException.in("--service-key-file", () -> ServiceKeyFile.watch(keyFile.get())));
    } else {
      set(EnvironmentVariable.REGISTRATION_KEY).ifPresent(registry::serviceKey);
    }
    trustedCertificates.ifPresent(registry::trustedCertificates);
    if (clientCertificate != null) {
      registry.clientCertificate(clientCertificate.chain, clientCertificate.key);
    }
    return registry.timeout(timeout).build();
  }

  /** Returns the value of a variable; a blank one counts as not set. */
  private static Optional<String> set(EnvironmentVariable variable) {
    return Optional.ofNullable(System.getenv(variable.defaultName()))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }
}
