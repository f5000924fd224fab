package dev.rollcall.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Which registry to open, and how to talk to it.
 *
 * @param url where it is, in any form that its provider accepts
 * @param serviceKey the key that its calls carry; a secret, empty for no key
 * @param timeout how long a call may take
 * @param trustedCertificates a PEM file with the authorities whose certificates are trusted; empty
 *     for those that the JVM trusts
 * @param clientCertificate what is shown to servers that ask for a certificate; empty for nothing
 */
public record RegistryTarget(
    String url,
    Optional<String> serviceKey,
    Duration timeout,
    Optional<Path> trustedCertificates,
    Optional<ClientCertificate> clientCertificate) {

  /**
   * A certificate and its private key, as PEM files.
   *
   * @param chain the certificate, and what it was signed by
   * @param key its private key, PKCS#8 without a password
   */
  public record ClientCertificate(Path chain, Path key) {

    /**
     * Creates a pair.
     *
     * @param chain the certificate, and what it was signed by
     * @param key its private key, PKCS#8 without a password
     */
    public ClientCertificate {
      Objects.requireNonNull(chain, "chain");
      Objects.requireNonNull(key, "key");
    }
  }

  /**
   * Creates a target.
   *
   * @param url where it is
   * @param serviceKey the key that its calls carry; empty for no key
   * @param timeout how long a call may take
   * @param trustedCertificates a PEM file with the authorities that are trusted; empty for those
   *     that the JVM trusts
   * @param clientCertificate what is shown to servers that ask for a certificate; empty for nothing
   */
  public RegistryTarget {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(serviceKey, "serviceKey");
    Objects.requireNonNull(timeout, "timeout");
    Objects.requireNonNull(trustedCertificates, "trustedCertificates");
    Objects.requireNonNull(clientCertificate, "clientCertificate");
  }

  /** Shows neither the key nor the url, which may hold a password. */
  @Override
  public String toString() {
    return "RegistryTarget[timeout=" + timeout + "]";
  }
}
