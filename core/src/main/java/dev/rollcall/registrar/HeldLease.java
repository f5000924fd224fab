package dev.rollcall.registrar;

import dev.rollcall.Fence;
import dev.rollcall.Lease;
import dev.rollcall.Ttl;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a registrar knows of its lease: its id, when it ends, and whether it still holds the
 * service's id.
 *
 * <p>Not safe for use by more than one thread at a time.
 */
final class HeldLease {
  private final RegistrarSettings settings;
  private @Nullable Lease lease;
  private PingSchedule pingSchedule;

  /** When the lease may have ended: its ttl after the request was sent that it was got by. */
  private long endNanos;

  /** Whether, by all that the registry has said, the service is registered under this lease. */
  private boolean held;

  /** Whether the last ping under this lease was refused, and not for the lease. */
  private boolean pingsRefused;

  /** Whether a registration failed that may have taken effect all the same. */
  private boolean uncertain;

  /** When a registration last failed like that, whatever came of later ones. */
  private long uncertainSinceNanos;

  private boolean wasEverUncertain;

  /**
   * An id and the fence of the registration that holds it.
   *
   * @param id the service's id
   * @param fence the fence; none where the registry gave no lease id
   */
  record FencedId(String id, Fence fence) {}

  HeldLease(RegistrarSettings settings) {
    this.settings = settings;
    this.pingSchedule =
        PingSchedule.of(settings.keepaliveInterval(), settings.timeout(), PingSchedule.ASSUMED_TTL);
  }

  /** A registration that was sent at that time got this lease. */
  void begin(Lease granted, long sentNanos) {
    uncertain = false;
    hold(granted, sentNanos);
  }

  /** A ping that was sent at that time renewed the lease. */
  void renew(Lease renewed, long sentNanos) {
    Lease same = Lease.of(lease.id(), renewed.ttl(), renewed.expiresAt());
    hold(lease.leaseId().map(same::withLeaseId).orElse(same), sentNanos);
  }

  private void hold(Lease current, long sentNanos) {
    lease = current;
    held = true;
    pingsRefused = false;
    endNanos = sentNanos + Ttl.bounded(current.ttl()).toNanos();
    pingSchedule = PingSchedule.of(settings.keepaliveInterval(), settings.timeout(), current.ttl());
  }

  /** The registry has said that the service is gone. */
  void end() {
    held = false;
  }

  /** A registration failed that may have taken effect, or may yet. */
  void becomeUncertain(long nowNanos) {
    uncertain = true;
    wasEverUncertain = true;
    uncertainSinceNanos = nowNanos;
  }

  /**
   * The registry has said that another registration holds the id. Returns whether that may be an
   * earlier one of this registrar's, which was given up and carried out late: whether one was given
   * up so recently that its lease may still last.
   */
  boolean supersede(long nowNanos) {
    held = false;
    long nanos = settings.timeout().toNanos() + Ttl.bounded(lease.ttl()).toNanos();
    boolean mayBeOurs = wasEverUncertain && nowNanos - uncertainSinceNanos < nanos;
    uncertain |= mayBeOurs;
    return mayBeOurs;
  }

  /** A ping failed. Where pings are refused, a registration may be taken all the same. */
  void pingFailed(boolean isRefused) {
    pingsRefused = isRefused;
  }

  /** Returns whether others may ever have seen the service as registered. */
  boolean mayHaveBeenSeen() {
    return lease != null || wasEverUncertain;
  }

  boolean isOver(long nowNanos) {
    return nowNanos - endNanos >= 0;
  }

  long leftNanos(long nowNanos) {
    return Math.max(0, endNanos - nowNanos);
  }

  /**
   * Returns whether to ask for a lease whose time is over before the service registers again. That
   * way a service that has taken over the id meanwhile is not superseded in turn. Without a fence
   * the answer would not tell; where pings are refused, nobody can have taken over a generated id.
   */
  boolean isWorthPinging() {
    boolean isInVain = pingsRefused && settings.generatedId();
    return held && !isInVain && lease.leaseId().isPresent();
  }

  PingSchedule pingSchedule() {
    return pingSchedule;
  }

  Optional<Lease> lease() {
    return Optional.ofNullable(lease);
  }

  /** Returns what a ping asks for: the last lease, whether or not it still holds the id. */
  FencedId pingTarget() {
    return new FencedId(lease.id(), lease.leaseId().map(Fence::of).orElseGet(Fence::none));
  }

  /**
   * Returns what to deregister: what the registry may hold of this registrar, and of nobody else.
   */
  Optional<FencedId> deregistrationTarget() {
    if (held) {
      return Optional.of(pingTarget());
    }
    return uncertain && settings.generatedId()
        ? Optional.of(new FencedId(settings.id(), Fence.none()))
        : Optional.empty();
  }
}
