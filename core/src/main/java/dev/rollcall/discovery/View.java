package dev.rollcall.discovery;

import dev.rollcall.Service;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a watch knows of the services that it was opened for.
 *
 * <p>Immutable.
 *
 * @param services those that are alive, in the order of their ids. Their {@linkplain
 *     Service#expiresAt() lease times} are those of the last time that the store was read: a ping
 *     changes no view
 * @param staleSince since when the registry could not be asked, if it cannot be asked now; then
 *     these are the services that it had at that time
 * @param version what the services are, in short: two views of the same query have the same version
 *     exactly if they hold the same registrations; see {@link SetVersion}
 */
public record View(List<Service> services, Optional<Instant> staleSince, String version) {

  /**
   * Creates a view.
   *
   * @param services the services, in the order of their ids
   * @param staleSince since when the registry could not be asked; empty if it can
   * @param version what the services are, in short
   */
  public View {
    services = List.copyOf(services);
    Objects.requireNonNull(staleSince, "staleSince");
    Objects.requireNonNull(version, "version");
  }
}
