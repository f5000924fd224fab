package dev.rollcall.contract.control;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Service;
import dev.rollcall.spi.Claim;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A claim and its times, as both control stores hold them. */
record Held(
    Claim claim, Instant registeredAt, Instant updatedAt, Instant pingedAt, long deadlineNanos) {

  /** Starts a lease; a live entry of the same id passes its beginning on. */
  static Held of(Claim claim, Held before, long nowNanos, Instant now) {
    Instant time = now.truncatedTo(ChronoUnit.MILLIS);
    boolean livesOn = isAlive(before, nowNanos);
    Held fresh = new Held(claim, livesOn ? before.registeredAt : time, time, time, 0);
    return fresh.renewed(nowNanos, now);
  }

  Held renewed(long nowNanos, Instant now) {
    Instant time = now.truncatedTo(ChronoUnit.MILLIS);
    return new Held(claim, registeredAt, updatedAt, time, nowNanos + claim.ttl().toNanos());
  }

  static boolean isAlive(Held held, long nowNanos) {
    return held != null && nowNanos - held.deadlineNanos < 0;
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
