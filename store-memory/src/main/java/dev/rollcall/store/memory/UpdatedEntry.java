package dev.rollcall.store.memory;

import dev.rollcall.Ulid;
import dev.rollcall.spi.Claim;

/** An entry that took the place of another one and kept its lease. */
final class UpdatedEntry extends Entry {
  /** How many bytes one has with compressed references. */
  static final int BYTES = 80;

  private final long revision;

  UpdatedEntry(Claim claim, long nowNanos, long nowMillis) {
    super(claim, leaseOf(claim), nowNanos, nowMillis);
    this.revision = claim.leaseId().low();
  }

  /** Returns another lease for a fence that admits no holder, whose entry is never put. */
  private static Ulid leaseOf(Claim claim) {
    return claim.fence().leaseId().flatMap(Ulid::parse).orElse(claim.leaseId());
  }

  @Override
  long revision() {
    return revision;
  }
}
