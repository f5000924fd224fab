package dev.rollcall.registrar;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.RejectedException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a registration does next; does nothing itself, and knows no thread and no clock.
 *
 * <p>Each method that takes a nano time is an event at that time. It settles the {@linkplain #state
 * state}, and {@linkplain #waitNanos when} to come back with {@link #due}, which says what to do.
 *
 * <p>Not safe for use by more than one thread at a time.
 */
final class RegistrarStateMachine {
  /** A timer that comes later than this tells of a process that stood still. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** So many services that share a keepalive take all the time there is to come back. */
  private static final int CROWD = 1_000;

  /** How long after a standstill a lost service registers again, at most: see its watch. */
  private static final long WAKING_NANOS = 200_000_000;

  private final RegistrarSettings settings;
  private final HeldLease heldLease;
  private final RetrySchedule retrySchedule;
  private final IntSupplier neighbours;
  private RegistrarState state = RegistrarState.NEW;
  private long nextActionAt;
  private long wakeAt;
  private boolean wasSuspended;
  private @Nullable RuntimeException lastError;
  private long registrations;
  private long pings;
  private long failures;

  /** Makes one that asks how many services share its keepalive, itself among them. */
  RegistrarStateMachine(RegistrarSettings settings, IntSupplier neighbours) {
    this.settings = settings;
    this.neighbours = neighbours;
    this.heldLease = new HeldLease(settings);
    this.retrySchedule = new RetrySchedule(settings);
  }

  void start(long now) {
    state = settings.registerWhen() == null ? RegistrarState.REGISTERING : RegistrarState.WAITING;
    retrySchedule.start();
    nextActionAt = now;
  }

  /** Says whether it waits for time to pass. */
  boolean waits() {
    return switch (state) {
      case NEW, CLOSING, CLOSED -> false;
      case REGISTERED -> settings.enableKeepalive();
      default -> true;
    };
  }

  /** Returns how long to wait until {@link #due}. */
  long waitNanos(long now) {
    long untilStep = Math.max(0, nextActionAt - now);
    long wait = hasLease() ? Math.min(untilStep, heldLease.leftNanos(now)) : untilStep;
    wakeAt = now + wait;
    return wait;
  }

  private boolean hasLease() {
    return state == RegistrarState.REGISTERED || state == RegistrarState.RETRYING;
  }

  /** The wait is over. */
  Action due(long now) {
    if (!waits()) {
      return Action.NOTHING;
    }
    if (now - wakeAt > PAUSE.toNanos()) {
      wake(now);
    }
    look(now);
    if (nextActionAt - now > 0) {
      return Action.NOTHING;
    }
    return switch (state) {
      case WAITING -> Action.CHECK;
      case REGISTERING -> Action.REGISTER;
      case LOST -> heldLease.isWorthAsking() ? Action.PING : Action.REGISTER;
      default -> Action.PING;
    };
  }

  /** Somebody looks at the state: a lease whose time is over may have ended by now. */
  void look(long now) {
    if (hasLease() && settings.enableKeepalive() && heldLease.isOver(now)) {
      state = RegistrarState.LOST;
    }
  }

  /** The process stood still. Nothing that it knows of its lease holds, so it is to ask at once. */
  void wake(long now) {
    wasSuspended = true;
    nextActionAt = now;
  }

  /**
   * Returns how long a step may take. A ping is given up early where others can still save its
   * lease; one that can only bring the service back is not, or a registry that has just started and
   * answers slowly would be asked again and again, by clients that never hear it.
   */
  Duration timeoutOf(Action action) {
    return action == Action.PING && hasLease()
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

  /** A registration was answered, which counts while closing, too: it is to be undone then. */
  void registered(Lease granted, long sent, long now) {
    heldLease.begin(granted, sent);
    registrations++;
    if (isClosing()) {
      return;
    }
    succeeded();
    retrySchedule.endStart();
    state = RegistrarState.REGISTERED;
    // From the first ping on, those that started together ping apart.
    planPing(now + Backoff.spread(interval(), settings.random()), now);
  }

  private void planPing(long at, long now) {
    nextActionAt = at;
    if (heldLease.isOver(now)) {
      wake(now); // it stood still during the call, whose answer is as old
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
      heldLease.end();
      nextActionAt = now + registrationDelay();
      succeeded();
      state = RegistrarState.LOST;
    }
  }

  /**
   * Half an interval fits in beside the longest wait for the ping that tells. A lost service's ping
   * was a try to come back, and has been spread as such; so a few of them need no more, but a crowd
   * would come twice as thick, with a registration after each ping, to a registry that has just
   * started. Three tenths of an interval fit in beside a ping that hung for one.
   */
  private long registrationDelay() {
    long bound =
        state == RegistrarState.LOST
            ? interval() / 10 * 3 / CROWD * Math.min(neighbours.getAsInt(), CROWD)
            : interval() / 2;
    return Backoff.spread(wasSuspended ? Math.min(WAKING_NANOS, bound) : bound, settings.random());
  }

  /** Pings keep their rhythm, however long each takes, but leave a slow registry half the time. */
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

  /** A step failed; for a check, the service is not ready. */
  void failed(Action action, RuntimeException e, long sent, long now) {
    if (action == Action.REGISTER && !(e instanceof RejectedException)) {
      heldLease.doubt(now);
    }
    if (isClosing()) {
      return;
    }
    if (action == Action.PING && e instanceof LeaseSupersededException) {
      superseded(sent, now);
    } else {
      failures += action == Action.CHECK ? 0 : 1;
      nextActionAt = now + retryDelay(e, sent, now);
      state = state == RegistrarState.REGISTERED ? RegistrarState.RETRYING : state;
    }
    lastError = e;
  }

  private void superseded(long sent, long now) {
    succeeded();
    state = RegistrarState.SUPERSEDED;
    nextActionAt = nextPing(sent, now);
    if (heldLease.supersede(now)) {
      // By one of ours if nobody else has the id. Else that one would end with nobody to ping it.
      state = settings.madeId() ? RegistrarState.LOST : state;
      nextActionAt =
          settings.madeId() ? now : now + interval() / RetrySchedule.FIRST_DELAYS_IN_AN_INTERVAL;
    }
  }

  private long retryDelay(RuntimeException e, long sent, long now) {
    if (!wasSuspended && now - sent > settings.timeout().plus(PAUSE).toNanos()) {
      wasSuspended = true; // in the midst of the call, which failed by that
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
    return new RegistrarCounts(registrations, pings, failures);
  }

  /** What a registration does at a time. */
  enum Action {
    NOTHING,
    /** Ask the service whether it is ready. */
    CHECK,
    REGISTER,
    PING
  }

  /**
   * How a registration stands.
   *
   * @param state the state
   * @param lastError what the last step failed with, if it did
   * @param pingSchedule when it pings
   * @param isStarting whether the tries of the start go on
   */
  record Snapshot(
      RegistrarState state,
      Optional<RuntimeException> lastError,
      PingSchedule pingSchedule,
      boolean isStarting) {}
}
