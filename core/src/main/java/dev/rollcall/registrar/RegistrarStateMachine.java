package dev.rollcall.registrar;

import dev.rollcall.AccessDeniedException;
import dev.rollcall.Lease;
import dev.rollcall.LeaseEndedException;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.RejectedException;
import dev.rollcall.registrar.RegistrationUpdates.Sent;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a registration does next. It does nothing itself, and knows no thread and no clock.
 *
 * <p>Each method that takes a nano time is an event at that time. It determines the {@linkplain
 * #state state} and {@linkplain #waitNanos how long to wait} until {@link #due}, which says what to
 * do.
 *
 * <p>Not safe for use by more than one thread at a time.
 */
final class RegistrarStateMachine {
  /** A timer that fires later than this shows that the process was suspended. */
  static final Duration SUSPENDED_AFTER = Duration.ofSeconds(1);

  /** This many services that share a keepalive use the whole time that they have to return. */
  private static final int CROWD = 1_000;

  /**
   * How long after a suspension a lost service registers again, at most. With {@link
   * SuspendDetector#PERIOD} and a ping it is registered within a second.
   */
  private static final long MAX_NANOS_AFTER_SUSPENSION = 200_000_000;

  /** What a registration does at one time. */
  enum Action {
    NOTHING,
    /** Ask the service whether it is ready. */
    CHECK,
    REGISTER,
    /** Tell the registry what the service says of itself now. */
    UPDATE,
    PING
  }

  /**
   * A registration at one time.
   *
   * @param state the state
   * @param lastError what the last action failed with, if it failed
   * @param pingSchedule when it pings
   * @param isStarting whether the tries of the start go on
   */
  record Snapshot(
      RegistrarState state,
      Optional<RuntimeException> lastError,
      PingSchedule pingSchedule,
      boolean isStarting) {}

  private final RegistrarSettings settings;
  private final HeldLease heldLease;
  private final RetrySchedule retrySchedule;
  private final RegistrationUpdates updates;

  /** When to try an update again; apart from the pings, which may succeed meanwhile. */
  private final RetrySchedule updateRetries;

  private final IntSupplier neighbours;
  private RegistrarState state = RegistrarState.NEW;
  private long nextActionAt;
  private long updateAt;
  private long wakeAt;
  private boolean wasSuspended;
  private @Nullable RuntimeException lastError;
  private long registrations;
  private long updated;
  private long pings;
  private long failures;

  /** The supplier tells how many services share the keepalive, this one included. */
  RegistrarStateMachine(RegistrarSettings settings, IntSupplier neighbours) {
    this.settings = settings;
    this.neighbours = neighbours;
    this.heldLease = new HeldLease(settings);
    this.retrySchedule = new RetrySchedule(settings);
    this.updates = new RegistrationUpdates(settings.registration());
    this.updateRetries = new RetrySchedule(settings);
  }

  void start(long now) {
    state = settings.checksReadiness() ? RegistrarState.WAITING : RegistrarState.REGISTERING;
    retrySchedule.start();
    nextActionAt = now;
  }

  /**
   * The service says something else of itself from now on. The future completes when the registry
   * has taken that.
   */
  CompletableFuture<Void> update(Map<String, Object> info, long now) {
    if (isClosing()) {
      throw new IllegalStateException("the registrar is closed");
    }
    if (!updates.isPending()) { // Otherwise it waits with the one that it takes the place of.
      updateAt = now;
    }
    CompletableFuture<Void> taken = updates.replaceInfo(info);
    if (state == RegistrarState.SUPERSEDED) {
      updates.fail(
          new LeaseSupersededException(
              "another registration holds '"
                  + settings.id()
                  + "'; the info counts when this one holds it again",
              null));
    }
    return taken;
  }

  /** Returns whether there is anything to wait for. */
  boolean waits() {
    return switch (state) {
      case NEW, CLOSING, CLOSED -> false;
      case REGISTERED -> settings.enableKeepalive() || updates.isPending();
      default -> true;
    };
  }

  /** Returns how long to wait until {@link #due}. */
  long waitNanos(long now) {
    long untilAction = Math.max(0, nextActionAt - now);
    if (hasLease() && updates.isPending()) {
      long untilUpdate = Math.max(0, updateAt - now);
      untilAction = pings() ? Math.min(untilAction, untilUpdate) : untilUpdate;
    }
    long wait = Math.min(untilAction, nanosToEndOfLease(now));
    wakeAt = now + wait;
    return wait;
  }

  /**
   * Returns how long the lease lasts, if its end {@linkplain #updateState changes the state};
   * otherwise {@link Long#MAX_VALUE}.
   */
  long nanosToEndOfLease(long now) {
    return endsWithLease() ? heldLease.leftNanos(now) : Long.MAX_VALUE;
  }

  /** Without pings the end of the lease changes nothing here. */
  private boolean endsWithLease() {
    return hasLease() && settings.enableKeepalive();
  }

  private boolean pings() {
    return settings.enableKeepalive() || state != RegistrarState.REGISTERED;
  }

  private boolean hasLease() {
    return state == RegistrarState.REGISTERED || state == RegistrarState.RETRYING;
  }

  /** The wait is over. Returns what to do. */
  Action due(long now) {
    if (!waits()) {
      return Action.NOTHING;
    }
    if (now - wakeAt > SUSPENDED_AFTER.toNanos()) {
      resumeAfterSuspension(now);
    }
    updateState(now);
    Action action = actionAt(now);
    if (action == Action.REGISTER) {
      updates.send();
    } else if (action == Action.UPDATE) {
      updates.sendUnder(heldLease.lease().orElseThrow());
    }
    return action;
  }

  private Action actionAt(long now) {
    if (hasLease() && updates.isPending() && updateAt - now <= 0) {
      return Action.UPDATE;
    }
    if (nextActionAt - now > 0 || !pings()) {
      return Action.NOTHING;
    }
    return switch (state) {
      case WAITING -> Action.CHECK;
      case REGISTERING -> Action.REGISTER;
      case LOST -> heldLease.isWorthPinging() ? Action.PING : Action.REGISTER;
      default -> Action.PING;
    };
  }

  /** Returns what is sent with an action that registers or updates. */
  Sent sent() {
    return updates.sent();
  }

  /**
   * Returns whether an action may create a registration, also when it is carried out late: an
   * update with a lease id changes only what has that lease.
   */
  boolean mayRegister(Action action) {
    return action == Action.REGISTER
        || (action == Action.UPDATE && updates.sent().registration.leaseId().isEmpty());
  }

  /** A lease whose time is over counts as lost, also while the call that could tell is held up. */
  void updateState(long now) {
    if (endsWithLease() && heldLease.isOver(now)) {
      state = RegistrarState.LOST;
    }
  }

  /** The process was suspended. What is known of the lease is outdated: ask at once. */
  void resumeAfterSuspension(long now) {
    wasSuspended = true;
    nextActionAt = now;
  }

  /**
   * Returns how long an action may take. A ping or an update is given up early while others can
   * still save the lease. A ping that can only bring the service back is not given up early: a
   * registry that has just started and answers slowly would be asked again and again by clients
   * that have given up.
   */
  Duration timeoutOf(Action action) {
    return (action == Action.PING || action == Action.UPDATE) && hasLease()
        ? Duration.ofNanos(heldLease.pingSchedule().timeoutNanos())
        : settings.timeout();
  }

  /** The service is ready. */
  void ready(long now) {
    if (state == RegistrarState.WAITING) {
      succeeded();
      state = RegistrarState.REGISTERING;
      nextActionAt = now;
    }
  }

  /** A registration was answered. This counts while closing, too: it has to be undone then. */
  void registered(Sent what, Lease granted, long sent, long now) {
    updates.taken(what);
    heldLease.begin(granted, sent);
    registrations++;
    if (isClosing()) {
      return;
    }
    succeeded();
    retrySchedule.endStart();
    state = RegistrarState.REGISTERED;
    // Services that started together ping at different times from the first ping on.
    planPing(now + Backoff.jittered(interval(), settings.random()), now);
  }

  /** An update was answered. It has renewed the lease as a ping does. */
  void updated(Sent what, Lease granted, long sent, long now) {
    updates.taken(what);
    updated++;
    heldLease.begin(granted, sent);
    if (isClosing()) {
      return;
    }
    succeeded();
    updateRetries.reset();
    state = RegistrarState.REGISTERED;
    planPing(nextPing(sent, now), now);
  }

  private void planPing(long at, long now) {
    nextActionAt = at;
    if (heldLease.isOver(now)) {
      resumeAfterSuspension(now); // suspended during the call, whose answer is as old
    }
  }

  /** A ping was answered. */
  void pinged(Optional<Lease> renewed, long sent, long now) {
    if (isClosing()) {
      return;
    }
    if (renewed.isPresent()) {
      heldLease.renew(renewed.get(), sent);
      pings++;
      succeeded();
      state = RegistrarState.REGISTERED;
      planPing(nextPing(sent, now), now);
    } else {
      lost(now);
    }
  }

  /** The registry has said that the service is gone. */
  private void lost(long now) {
    heldLease.end();
    nextActionAt = now + registrationDelay();
    succeeded();
    state = RegistrarState.LOST;
  }

  /**
   * Returns how long to wait before registering again.
   *
   * <p>A service whose lease held until this ping waits up to half an interval, which fits in
   * beside the longest wait for the ping that finds this out. A lost service's ping was already a
   * try to return, and spread as such. So a few of them need no further delay; a crowd would come
   * twice as densely, with a registration after each ping, to a registry that has just started.
   * Three tenths of an interval fit in beside a ping that hung for one.
   */
  private long registrationDelay() {
    long bound =
        state == RegistrarState.LOST
            ? interval() / 10 * 3 / CROWD * Math.min(neighbours.getAsInt(), CROWD)
            : interval() / 2;
    return Backoff.jittered(
        wasSuspended ? Math.min(MAX_NANOS_AFTER_SUSPENSION, bound) : bound, settings.random());
  }

  /** Pings keep their rhythm however long each takes, but leave a slow registry half the time. */
  private long nextPing(long sent, long now) {
    return now + Math.max(sent + interval() - now, interval() / 2);
  }

  private long interval() {
    return heldLease.pingSchedule().intervalNanos();
  }

  private void succeeded() {
    lastError = null;
    retrySchedule.reset();
    wasSuspended = false;
  }

  /** An action failed. For a check that means that the service is not ready. */
  void failed(Action action, RuntimeException e, long sent, long now) {
    if (mayRegister(action) && !(e instanceof RejectedException)) {
      heldLease.becomeUncertain(now);
    }
    if (isClosing()) {
      return;
    }
    if (action == Action.UPDATE) {
      updateFailed(e, sent, now);
      return;
    }
    if (action == Action.PING && e instanceof LeaseSupersededException) {
      superseded(e, sent, now);
    } else {
      failures += action == Action.CHECK ? 0 : 1;
      if (action == Action.PING) {
        heldLease.pingFailed(e instanceof RejectedException);
      }
      boolean isOfUpdate = action == Action.REGISTER && isRefusedUpdate(e);
      nextActionAt = isOfUpdate ? now : now + retryDelay(e, sent, now);
      state = state == RegistrarState.REGISTERED ? RegistrarState.RETRYING : state;
    }
    lastError = e;
  }

  /**
   * What was sent was not taken. Returns whether that is for an update, which is dropped: there is
   * no reason then to wait with what is sent in its place, the registration as it was before, or a
   * newer update.
   */
  private boolean isRefusedUpdate(RuntimeException e) {
    if (isRefusal(e)) {
      return updates.refused(e);
    }
    updates.notTaken();
    return false;
  }

  /** Returns whether the registry refuses what was sent, and not the caller or its lease. */
  private static boolean isRefusal(RuntimeException e) {
    return e instanceof RejectedException
        && !(e instanceof AccessDeniedException)
        && !isAboutLease(e);
  }

  private static boolean isAboutLease(RuntimeException e) {
    return e instanceof LeaseSupersededException || e instanceof LeaseEndedException;
  }

  private void updateFailed(RuntimeException e, long sent, long now) {
    if (isAboutLease(e) && !settings.enableKeepalive()) {
      updates.refused(e); // It does not register again by itself.
    } else if (e instanceof LeaseSupersededException) {
      updates.notTaken();
      superseded(e, sent, now);
    } else if (e instanceof LeaseEndedException) {
      updates.notTaken();
      lost(now);
      return;
    } else {
      failures++;
      updateAt =
          isRefusedUpdate(e) ? now : now + updateRetries.ofUpdate(e, heldLease.pingSchedule());
    }
    lastError = e;
  }

  private void superseded(RuntimeException e, long sent, long now) {
    succeeded();
    state = RegistrarState.SUPERSEDED;
    nextActionAt = nextPing(sent, now);
    if (heldLease.supersede(now)) {
      // The holder is an earlier registration of ours if nobody else can have the id. Otherwise it
      // may be, and would then end with nobody to ping it.
      boolean isOurs = settings.generatedId();
      state = isOurs ? RegistrarState.LOST : state;
      nextActionAt = isOurs ? now : now + interval() / RetrySchedule.FIRST_DELAYS_IN_AN_INTERVAL;
    }
    if (state == RegistrarState.SUPERSEDED) {
      updates.fail(e); // Otherwise it is registered with the next action.
    }
  }

  private long retryDelay(RuntimeException e, long sent, long now) {
    if (!wasSuspended && now - sent > settings.timeout().plus(SUSPENDED_AFTER).toNanos()) {
      wasSuspended = true; // during the call, which is why it failed
      return 0;
    }
    return hasLease()
        ? retrySchedule.withLease(e, heldLease.pingSchedule(), heldLease.leftNanos(now))
        : retrySchedule.withoutLease(e, heldLease.pingSchedule(), now - sent);
  }

  /** The tries of the start are over. */
  void endStart() {
    retrySchedule.endStart();
  }

  void close() {
    state = RegistrarState.CLOSING;
    retrySchedule.endStart();
    updates.end(
        new IllegalStateException("the registrar was closed before the registry took the update"));
  }

  void closed() {
    state = RegistrarState.CLOSED;
  }

  boolean isClosing() {
    return state == RegistrarState.CLOSING || state == RegistrarState.CLOSED;
  }

  boolean isStarting() {
    return retrySchedule.isStarting();
  }

  RegistrarState state() {
    return state;
  }

  HeldLease heldLease() {
    return heldLease;
  }

  Snapshot snapshot() {
    return new Snapshot(
        state,
        Optional.ofNullable(lastError),
        heldLease.pingSchedule(),
        retrySchedule.isStarting());
  }

  RegistrarCounts counts() {
    return new RegistrarCounts(registrations, updated, pings, failures);
  }
}
