package dev.rollcall.app.commands;

import dev.rollcall.Service;
import dev.rollcall.discovery.Change;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How services, and what happens to them, are shown. Whatever they hold, a terminal only shows it.
 */
interface ServicesOutput {
  /**
   * Shows services.
   *
   * @param now the time to show times against
   */
  void list(List<Service> services, Instant now);

  /** Shows what has happened to a service. */
  void change(Change change);

  /**
   * Shows that the registry does not answer, so that changes are missing, or that it does again.
   *
   * @param since since when; empty if it answers
   */
  void stale(Optional<Instant> since);
}
