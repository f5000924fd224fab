package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A claim and its times, as both control stores hold them. */
record Held(
    Claim claim,
    String leaseId,
    Instant registeredAt,
    Instant updatedAt,
    Instant pingedAt,
    long deadlineNanos) {

  /**
   * Starts a lease; a live entry of the same id passes its beginning on, and to an update its lease
   * id.
   */
  static Held of(Claim claim, Held before, long nowNanos, Instant now) {
    Instant time = now.truncatedTo(ChronoUnit.MILLIS);
    boolean livesOn = isAlive(before, nowNanos);
    boolean isUpdate = claim.fence().leaseId().isPresent();
    if (isUpdate && !livesOn) {
      throw new LeaseEndedException("no live service has the id '" + claim.id() + "'", null);
    }
    if (isUpdate && !before.isAdmittedBy(claim.fence())) {
      throw new LeaseSupersededException("another registration holds '" + claim.id() + "'", null);
    }
    String leaseId = isUpdate ? before.leaseId : claim.leaseId().toString();
    Instant since = livesOn ? before.registeredAt : time;
    return new Held(claim, leaseId, since, time, time, 0).renewed(nowNanos, now);
  }

  Held renewed(long nowNanos, Instant now) {
    Instant time = now.truncatedTo(ChronoUnit.MILLIS);
    return new Held(
        claim, leaseId, registeredAt, updatedAt, time, nowNanos + claim.ttl().toNanos());
  }

  static boolean isAlive(Held held, long nowNanos) {
    return held != null && nowNanos - held.deadlineNanos < 0;
  }

  boolean isAdmittedBy(Fence fence) {
    return fence.leaseId().isEmpty() || fence.leaseId().get().equals(leaseId);
  }

  Lease lease() {
    return Lease.of(claim.id(), claim.ttl(), pingedAt.plus(claim.ttl()));
  }

  Service service() {
    return claim.toService(registeredAt, updatedAt, pingedAt.plus(claim.ttl()));
  }
}
