package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.contract.ManualClock;
import dev.rollcall.spi.Claim;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A claim and its times, as both control stores hold them. */
record Held(
    Claim claim, Instant registeredAt, Instant updatedAt, Instant pingedAt, long deadlineNanos) {

  /** Starts a lease; a live entry of the same id passes its beginning on. */
  static Held of(Claim claim, Held before, ManualClock clock) {
    Instant now = now(clock);
    boolean livesOn = isAlive(before, clock);
    Held fresh = new Held(claim, livesOn ? before.registeredAt : now, now, now, 0);
    return fresh.renewed(clock);
  }

  Held renewed(ManualClock clock) {
    long deadline = clock.getAsLong() + claim.ttl().toNanos();
    return new Held(claim, registeredAt, updatedAt, now(clock), deadline);
  }

  static boolean isAlive(Held held, ManualClock clock) {
    return held != null && clock.getAsLong() - held.deadlineNanos < 0;
  }

  private static Instant now(ManualClock clock) {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  boolean isAdmittedBy(Fence fence) {
    return fence.leaseId().isEmpty() || fence.leaseId().get().equals(claim.leaseId().toString());
  }

  Lease lease() {
    return Lease.of(claim.id(), claim.ttl(), pingedAt.plus(claim.ttl()));
  }

  Service service() {
    return claim.toService(registeredAt, updatedAt, pingedAt.plus(claim.ttl()));
  }
}
