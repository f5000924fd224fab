package dev.rollcall.store.memory;

import dev.rollcall.Fence;
import dev.rollcall.Ulid;
import dev.rollcall.spi.Claim;

/** An entry that took the place of another one and kept its lease. */
final class UpdatedEntry extends Entry {
  /** How many bytes one has with compressed references. */
  static final int BYTES = 72;

  private final long revision;

  UpdatedEntry(Claim claim, long nowNanos, long nowMillis) {
    super(claim, leaseBitsOf(claim.fence()), nowNanos, nowMillis);
    this.revision = claim.leaseId().low();
  }

  /** Returns 0 for a fence that admits no holder, whose entry is never put. */
  private static long leaseBitsOf(Fence fence) {
    return fence.leaseId().flatMap(Ulid::parse).map(Ulid::low).orElse(0L);
  }

  @Override
  long revision() {
    return revision;
  }
}
