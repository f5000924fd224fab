package dev.rollcall.registrar;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How often a {@link Registrar} registered, updated, pinged and failed since it was started.
 *
 * @param registrations how often it was registered: once, and again each time that it had been lost
 * @param updates how many {@linkplain Registrar#update updates} the registry took
 * @param pings how many pings extended the lease
 * @param failures how many calls of the registry failed
 */
public record RegistrarCounts(long registrations, long updates, long pings, long failures) {
  /**
   * Returns whether another object has the same counts. Written out: the method that JDK 17
   * generates for a record keeps the class loader of the record alive for ever, once it was called.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegistrarCounts counts
        && registrations == counts.registrations
        && updates == counts.updates
        && pings == counts.pings
        && failures == counts.failures;
  }

  @Override
  public int hashCode() {
    return Objects.hash(registrations, updates, pings, failures);
  }
}
