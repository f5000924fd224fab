package dev.rollcall.registrar;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Registrar} has done since it was started.
 *
 * @param registrations how often it was registered: once, and once each time that it had been lost
 * @param pings how many pings extended the lease
 * @param failures how many calls of the registry failed
 */
public record RegistrarCounts(long registrations, long pings, long failures) {
  /**
   * Returns whether another has the same counts. Written out: what JDK 17 makes for a record keeps
   * its class loader for good, once it was called.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegistrarCounts counts
        && registrations == counts.registrations
        && pings == counts.pings
        && failures == counts.failures;
  }

  @Override
  public int hashCode() {
    return Objects.hash(registrations, pings, failures);
  }
}
