package dev.rollcall.http.client.protocol;

import dev.rollcall.Lease;
import dev.rollcall.RegistryException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one ping of several came to.
 *
 * @param lease the renewed lease; empty if no live service has the id, or the ping failed
 * @param failure what it failed with; null if it did not
 */
public record PingOutcome(Optional<Lease> lease, @Nullable RegistryException failure) {
  static PingOutcome of(Optional<Lease> lease) {
    return new PingOutcome(lease, null);
  }

  static PingOutcome failed(RegistryException failure) {
    return new PingOutcome(Optional.empty(), failure);
  }
}
