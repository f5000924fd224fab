package dev.rollcall.app.options;

import dev.rollcall.http.server.RegistryEndpoints;
import dev.rollcall.http.server.ServiceKeys;
import dev.rollcall.http.server.jdk.RegistryHttpServer;
import dev.rollcall.http.server.jdk.ServerTls;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/** Who may write, and how the server proves who it is. */
public final class SecurityOptions {
  private static final String KEY_VARIABLE = "SERVICEKIT_REGISTRATION_KEY";

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--service-key-file",
      paramLabel = "FILE",
      description =
          "Keys of which clients send one, a key a line; read again when it changes. A key in the"
              + " environment's "
              + KEY_VARIABLE
              + " is valid as well.")
  private Optional<Path> keyFile = Optional.empty();

  @Option(names = "--key-for-reads", description = "Ask for a key for reads as well.")
  private boolean keyForReads;

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "PEM: the server's certificate and its chain; read again when it changes.")
  private Optional<Path> certificate = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--tls-key",
      paramLabel = "FILE",
      description = "PEM: the certificate's key, PKCS#8, not encrypted.")
  private Optional<Path> key = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--tls-key-store",
      paramLabel = "FILE",
      description = "PKCS#12 or JKS, in place of PEM files.")
  private Optional<Path> keyStore = Optional.empty();

  @Option(
      showDefaultValue = Help.Visibility.NEVER,
      names = "--tls-key-store-password-file",
      paramLabel = "FILE",
      description = "Its first line is the key store's password; read again when it changes.")
  private Optional<Path> passwordFile = Optional.empty();

  public void applyTo(RegistryEndpoints.Builder endpoints, Settings settings) {
    Optional<ServiceKeys> keys = keys(settings.environment());
    if (keyForReads && keys.isEmpty()) {
      throw new IllegalArgumentException(
          "--key-for-reads needs a --service-key-file, or a key in " + KEY_VARIABLE);
    }
    if (keys.isPresent()) {
      endpoints.serviceKeys(keys.get());
    }
    if (keyForReads) {
      endpoints.keyForReads();
    }
  }

  /** Returns the keys in the file and the environment. */
  private Optional<ServiceKeys> keys(Map<String, String> environment) {
    Optional<String> variable = keyIn(environment);
    if (keyFile.isEmpty()) {
      return variable.map(key -> ServiceKeys.of(List.of(key)));
    }
    Map<String, String> others = new HashMap<>();
    variable.ifPresent(key -> others.put(KEY_VARIABLE, key));
    return Optional.of(
        OptionException.in("--service-key-file", () -> ServiceKeys.inFile(keyFile.get(), others)));
  }

  /** Returns the key in the variable; an empty variable counts as not set. */
  private static Optional<String> keyIn(Map<String, String> environment) {
    String text = environment.get(KEY_VARIABLE);
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          KEY_VARIABLE + " holds nothing but blanks; set it to a key, or do not set it");
    }
    String key = text.strip();
    try {
      var unused = ServiceKeys.of(List.of(key));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(KEY_VARIABLE + ": " + e.getMessage(), e);
    }
    return Optional.of(key);
  }

  public void applyTo(RegistryHttpServer.Builder server) {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("--tls-certificate and --tls-key go together");
    }
    if (keyStore.isPresent() != passwordFile.isPresent()) {
      throw new IllegalArgumentException(
          "--tls-key-store and --tls-key-store-password-file go together");
    }
    if (certificate.isPresent() && keyStore.isPresent()) {
      throw new IllegalArgumentException(
          "--tls-certificate and --tls-key-store are two ways to the same; leave one out");
    }
    if (certificate.isPresent() && key.isPresent()) {
      server.tls(
          OptionException.in(
              "--tls-certificate", () -> ServerTls.pem(certificate.get(), key.get())));
    }
    if (keyStore.isPresent() && passwordFile.isPresent()) {
      server.tls(
          OptionException.in(
              "--tls-key-store", () -> ServerTls.keyStore(keyStore.get(), passwordFile.get())));
    }
  }
}
