package dev.rollcall.registrar;

import dev.rollcall.Lease;
import dev.rollcall.Registration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a registrar registers its service as: the registration that the registry has taken last, and
 * the newest update, which it has not taken yet. An update that was not sent before a newer one
 * came is dropped, so there are never more than two.
 *
 * <p>Not safe for use by more than one thread at a time.
 */
final class RegistrationUpdates {
  /** What the registry takes, as far as is known. */
  private Registration accepted;

  /** The newest update, until the registry has taken or refused it. */
  private @Nullable Update pending;

  /** What was sent last. */
  private Sent sent;

  /** An update of the registration. */
  private static final class Update {
    final Registration registration;
    final CompletableFuture<Void> taken = new CompletableFuture<>();
    boolean isUnderWay;

    Update(Registration registration) {
      this.registration = registration;
    }
  }

  /** A registration that was sent, for the answer to it. */
  static final class Sent {
    final Registration registration;
    private final @Nullable Update update;

    private Sent(Registration registration, @Nullable Update update) {
      this.registration = registration;
      this.update = update;
    }
  }

  RegistrationUpdates(Registration registration) {
    this.accepted = registration;
    this.sent = new Sent(registration, null);
  }

  /**
   * Replaces the info; id, name and url stay. The future completes when the registry has taken it.
   */
  CompletableFuture<Void> replaceInfo(Map<String, Object> info) {
    Registration latest = pending == null ? accepted : pending.registration;
    String name = latest.name().or(latest::id).orElseThrow();
    Update update = new Update(latest.toBuilder().name(name).info(info).build());
    Update before = pending;
    pending = update;
    if (before != null && !before.isUnderWay) {
      drop(before);
    }
    return update.taken;
  }

  private static void drop(Update update) {
    update.taken.completeExceptionally(
        new CancellationException("a newer update has taken the place of this one"));
  }

  /** Returns whether there is an update that the registry has not taken yet. */
  boolean isPending() {
    return pending != null;
  }

  /** The newest registration is about to be sent, with a lease of its own. */
  void send() {
    note(pending == null ? accepted : pending.registration);
  }

  /** The newest registration is about to be sent, under this lease. */
  void sendUnder(Lease lease) {
    Registration latest = pending == null ? accepted : pending.registration;
    note(
        lease
            .leaseId()
            .map(leaseId -> latest.toBuilder().id(lease.id()).leaseId(leaseId).build())
            .orElse(latest));
  }

  private void note(Registration registration) {
    sent = new Sent(registration, pending);
    if (pending != null) {
      pending.isUnderWay = true;
    }
  }

  /** Returns what was sent last. */
  Sent sent() {
    return sent;
  }

  /** The registry has taken what was sent. */
  void taken(Sent what) {
    accepted = what.registration.withoutLeaseId();
    Update update = what.update;
    if (update != null) {
      update.taken.complete(null);
      pending = pending == update ? null : pending;
    }
  }

  /**
   * What was sent last was not taken, as far as is known; it is sent again unless it was dropped.
   */
  void notTaken() {
    Update update = sent.update;
    if (update != null) {
      update.isUnderWay = false;
      if (update != pending) {
        drop(update);
      }
    }
  }

  /**
   * What was sent last is not sent again: the registry refuses it. Returns whether that was an
   * update.
   */
  boolean refused(RuntimeException e) {
    if (sent.update == null) {
      return false;
    }
    sent.update.taken.completeExceptionally(e);
    pending = pending == sent.update ? null : pending;
    return true;
  }

  /** Tells whoever waits for an update that it cannot be made now; it stays the newest. */
  void fail(RuntimeException e) {
    if (pending != null) {
      pending.taken.completeExceptionally(e);
    }
  }

  /** Tells all who wait for an update that the registrar is closed. */
  void end(RuntimeException e) {
    fail(e);
    if (sent.update != null) {
      sent.update.taken.completeExceptionally(e);
    }
  }
}
