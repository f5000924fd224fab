package dev.rollcall.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.http.client.HttpServiceRegistry;
import dev.rollcall.registrar.EnvironmentVariable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** The registry that a command is a client of. */
final class RegistryOptions {
  private static final String DEFAULT_URL = "http://127.0.0.1:9000";
  private static final int MAX_KEY_FILE = 4_096;

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
          "It holds the key to send and nothing else; else the key in the environment's"
              + " SERVICEKIT_REGISTRATION_KEY, or none.")
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
   * @throws UncheckedIOException if the key file cannot be read
   */
  HttpServiceRegistry open(Duration timeout) {
    HttpServiceRegistry.Builder registry =
        HttpServiceRegistry.builder(
            url.or(() -> set(EnvironmentVariable.ORCHESTRATOR_URL)).orElse(DEFAULT_URL));
    keyFile
        .map(RegistryOptions::keyIn)
        .or(() -> set(EnvironmentVariable.REGISTRATION_KEY))
        .ifPresent(registry::serviceKey);
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

  private static String keyIn(Path file) {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_KEY_FILE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the service key in " + file + ": " + e, e);
    }
    String key = new String(content, UTF_8).strip();
    if (key.isEmpty() || key.lines().count() > 1) {
      throw new IllegalArgumentException(
          file + " must hold one line, the service key; it has " + key.lines().count());
    }
    return key;
  }
}
