package dev.rollcall.http.server.response;

import dev.rollcall.Lease;
import dev.rollcall.http.server.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What one ping of a batch came to.
 *
 * @param id the service's id
 * @param lease the renewed lease; null if there is a problem
 * @param problem why it was not renewed; null if it was
 */
public record LeaseOutcome(String id, @Nullable Lease lease, @Nullable Problem problem) {
  private static final int OK = 200;

  public static LeaseOutcome renewed(Lease lease) {
    return new LeaseOutcome(lease.id(), lease, null);
  }

  public static LeaseOutcome failed(String id, Problem problem) {
    return new LeaseOutcome(id, null, problem);
  }

  /** Returns the status that a ping sent alone would be answered with. */
  public int status() {
    return problem == null ? OK : problem.status();
  }
}
