package dev.rollcall.spi;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Which registry to open, and how to talk to it.
 *
 * @param url where it is, in any form that its provider accepts
 * @param serviceKey the key that its calls carry; a secret, empty for no key
 * @param timeout how long a call may take
 */
public record RegistryTarget(String url, Optional<String> serviceKey, Duration timeout) {

  /**
   * Creates a target.
   *
   * @param url where it is
   * @param serviceKey the key that its calls carry; empty for no key
   * @param timeout how long a call may take
   */
  public RegistryTarget {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(serviceKey, "serviceKey");
    Objects.requireNonNull(timeout, "timeout");
  }

  /** Shows neither the key nor the url, which may hold a password. */
  @Override
  public String toString() {
    return "RegistryTarget[timeout=" + timeout + "]";
  }
}
