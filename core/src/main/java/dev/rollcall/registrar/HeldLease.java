package dev.rollcall.registrar;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Ttl;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a registrar knows of its lease: which it is, how long it lasts, whether it holds the id. */
final class HeldLease {
  private final RegistrarSettings settings;
  private @Nullable Lease lease;
  private PingSchedule pingSchedule;

  /** When the lease may have ended: its ttl after the call that it was got by was sent. */
  private long endNanos;

  /** Whether the registry holds the service under this lease, for all that it has said. */
  private boolean held;

  /** Whether a registration failed that may have happened all the same. */
  private boolean uncertain;

  /** When one last did, if one did, whatever came of the next. */
  private long doubtedNanos;

  private boolean hasDoubted;

  /**
   * What the registry holds.
   *
   * @param id the service's id
   * @param fence the lease, if it is known and has an id
   */
  record FencedId(String id, Fence fence) {}

  HeldLease(RegistrarSettings settings) {
    this.settings = settings;
    this.pingSchedule =
        PingSchedule.of(settings.keepaliveInterval(), settings.timeout(), PingSchedule.ASSUMED_TTL);
  }

  /** A registration that was sent then has got this lease. */
  void begin(Lease granted, long sentNanos) {
    uncertain = false;
    hold(granted, sentNanos);
  }

  /** A ping that was sent then has renewed the lease. */
  void renew(Lease renewed, long sentNanos) {
    Lease same = Lease.of(lease.id(), renewed.ttl(), renewed.expiresAt());
    hold(lease.leaseId().map(same::withLeaseId).orElse(same), sentNanos);
  }

  private void hold(Lease current, long sentNanos) {
    lease = current;
    held = true;
    endNanos = sentNanos + Ttl.bounded(current.ttl()).toNanos();
    pingSchedule = PingSchedule.of(settings.keepaliveInterval(), settings.timeout(), current.ttl());
  }

  /** The registry has said that the service is gone, or another's. */
  void end() {
    held = false;
  }

  /** A registration failed so that it may have happened, or may yet. */
  void doubt(long nowNanos) {
    uncertain = true;
    hasDoubted = true;
    doubtedNanos = nowNanos;
  }

  /**
   * The registry has said that another registration holds the id. Returns whether that may be one
   * of ours, which was given up and carried out late: if one was given up so lately that its lease
   * can hold still.
   */
  boolean supersede(long nowNanos) {
    held = false;
    long nanos = settings.timeout().toNanos() + Ttl.bounded(lease.ttl()).toNanos();
    boolean mayBeOurs = hasDoubted && nowNanos - doubtedNanos < nanos;
    uncertain |= mayBeOurs;
    return mayBeOurs;
  }

  boolean isOver(long nowNanos) {
    return nowNanos - endNanos >= 0;
  }

  long leftNanos(long nowNanos) {
    return Math.max(0, endNanos - nowNanos);
  }

  /**
   * Says whether a lease whose time is over should be asked for before the service registers again:
   * so whoever has taken over its id since is not superseded in turn. Without a fence the answer
   * would not tell.
   */
  boolean isWorthAsking() {
    return held && lease.leaseId().isPresent();
  }

  PingSchedule pingSchedule() {
    return pingSchedule;
  }

  Optional<Lease> lease() {
    return Optional.ofNullable(lease);
  }

  /** Returns what a ping asks for: the last lease, whether or not it holds still. */
  FencedId lastHeld() {
    return new FencedId(lease.id(), lease.leaseId().map(Fence::of).orElseGet(Fence::none));
  }

  /** Returns what the registry may hold of this registrar's, and of nobody else's. */
  Optional<FencedId> holding() {
    if (held) {
      return Optional.of(lastHeld());
    }
    return uncertain && settings.madeId()
        ? Optional.of(new FencedId(settings.id(), Fence.none()))
        : Optional.empty();
  }
}
