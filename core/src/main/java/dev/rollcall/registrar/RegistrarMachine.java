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
final class RegistrarMachine {
  /** A timer that comes later than this tells of a process that stood still. */
  static final Duration STANDSTILL = Duration.ofSeconds(1);

  /** So many services that share a keepalive take all the time there is to come back. */
  private static final int CROWD = 1_000;

  /** How long after a standstill a lost service registers again, at most: see its watch. */
  private static final long WAKING_NANOS = 200_000_000;

  private final RegistrarSettings settings;
  private final Tenure tenure;
  private final Retries retries;
  private final IntSupplier neighbours;
  private RegistrarState state = RegistrarState.NEW;
  private long stepAt;
  private long wakeAt;
  private boolean stoodStill;
  private @Nullable RuntimeException lastError;
  private long registrations;
  private long pings;
  private long failures;

  /** Makes one that asks how many services share its keepalive, itself among them. */
  RegistrarMachine(RegistrarSettings settings, IntSupplier neighbours) {
    this.settings = settings;
    this.neighbours = neighbours;
    this.tenure = new Tenure(settings);
    this.retries = new Retries(settings);
  }

  void start(long now) {
    state = settings.registerWhen() == null ? RegistrarState.REGISTERING : RegistrarState.WAITING;
    retries.start();
    stepAt = now;
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
    long untilStep = Math.max(0, stepAt - now);
    long wait = hasLease() ? Math.min(untilStep, tenure.leftNanos(now)) : untilStep;
    wakeAt = now + wait;
    return wait;
  }

  private boolean hasLease() {
    return state == RegistrarState.REGISTERED || state == RegistrarState.RETRYING;
  }

  /** The wait is over. */
  Step due(long now) {
    if (!waits()) {
      return Step.NOTHING;
    }
    if (now - wakeAt > STANDSTILL.toNanos()) {
      wake(now);
    }
    look(now);
    if (stepAt - now > 0) {
      return Step.NOTHING;
    }
    return switch (state) {
      case WAITING -> Step.CHECK;
      case REGISTERING -> Step.REGISTER;
      case LOST -> tenure.isWorthAsking() ? Step.PING : Step.REGISTER;
      default -> Step.PING;
    };
  }

  /** Somebody looks at the state: a lease whose time is over may have ended by now. */
  void look(long now) {
    if (hasLease() && settings.enableKeepalive() && tenure.isOver(now)) {
      state = RegistrarState.LOST;
    }
  }

  /** The process stood still. Nothing that it knows of its lease holds, so it is to ask at once. */
  void wake(long now) {
    stoodStill = true;
    stepAt = now;
  }

  /**
   * Returns how long a step may take. A ping is given up early where others can still save its
   * lease; one that can only bring the service back is not, or a registry that has just started and
   * answers slowly would be asked again and again, by clients that never hear it.
   */
  Duration timeoutOf(Step step) {
    return step == Step.PING && hasLease()
        ? Duration.ofNanos(tenure.pace().timeoutNanos())
        : settings.timeout();
  }

  /** The service is ready. */
  void ready(long now) {
    if (state == RegistrarState.WAITING) {
      succeeded();
      state = RegistrarState.REGISTERING;
      stepAt = now;
    }
  }

  /** A registration was answered, which counts while closing, too: it is to be undone then. */
  void registered(Lease granted, long sent, long now) {
    tenure.begin(granted, sent);
    registrations++;
    if (isClosing()) {
      return;
    }
    succeeded();
    retries.endStart();
    state = RegistrarState.REGISTERED;
    // From the first ping on, those that started together ping apart.
    planPing(now + Backoff.spread(interval(), settings.random()), now);
  }

  private void planPing(long at, long now) {
    stepAt = at;
    if (tenure.isOver(now)) {
      wake(now); // it stood still during the call, whose answer is as old
    }
  }

  /** A ping was answered. */
  void pinged(Optional<Lease> renewed, long sent, long now) {
    if (isClosing()) {
      return;
    }
    if (renewed.isPresent()) {
      tenure.renew(renewed.get(), sent);
      pings++;
      succeeded();
      state = RegistrarState.REGISTERED;
      planPing(nextPing(sent, now), now);
    } else {
      tenure.end();
      stepAt = now + registrationDelay();
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
    return Backoff.spread(stoodStill ? Math.min(WAKING_NANOS, bound) : bound, settings.random());
  }

  /** Pings keep their rhythm, however long each takes, but leave a slow registry half the time. */
  private long nextPing(long sent, long now) {
    return now + Math.max(sent + interval() - now, interval() / 2);
  }

  private long interval() {
    return tenure.pace().intervalNanos();
  }

  private void succeeded() {
    lastError = null;
    retries.reset();
    stoodStill = false;
  }

  /** A step failed; for a check, the service is not ready. */
  void failed(Step step, RuntimeException e, long sent, long now) {
    if (step == Step.REGISTER && !(e instanceof RejectedException)) {
      tenure.doubt(now);
    }
    if (isClosing()) {
      return;
    }
    if (step == Step.PING && e instanceof LeaseSupersededException) {
      superseded(sent, now);
    } else {
      failures += step == Step.CHECK ? 0 : 1;
      stepAt = now + retryDelay(e, sent, now);
      state = state == RegistrarState.REGISTERED ? RegistrarState.RETRYING : state;
    }
    lastError = e;
  }

  private void superseded(long sent, long now) {
    succeeded();
    state = RegistrarState.SUPERSEDED;
    stepAt = nextPing(sent, now);
    if (tenure.supersede(now)) {
      // By one of ours if nobody else has the id. Else that one would end with nobody to ping it.
      state = settings.madeId() ? RegistrarState.LOST : state;
      stepAt = settings.madeId() ? now : now + interval() / Retries.FIRST_DELAYS_IN_AN_INTERVAL;
    }
  }

  private long retryDelay(RuntimeException e, long sent, long now) {
    if (!stoodStill && now - sent > settings.timeout().plus(STANDSTILL).toNanos()) {
      stoodStill = true; // in the midst of the call, which failed by that
      return 0;
    }
    return hasLease()
        ? retries.withLease(e, tenure.pace(), tenure.leftNanos(now))
        : retries.withoutLease(e, tenure.pace(), now - sent);
  }

  /** The tries of the start are over. */
  void endStart() {
    retries.endStart();
  }

  void close() {
    state = RegistrarState.CLOSING;
    retries.endStart();
  }

  void closed() {
    state = RegistrarState.CLOSED;
  }

  boolean isClosing() {
    return state == RegistrarState.CLOSING || state == RegistrarState.CLOSED;
  }

  boolean isStarting() {
    return retries.isStarting();
  }

  RegistrarState state() {
    return state;
  }

  Tenure tenure() {
    return tenure;
  }

  Standing standing() {
    return new Standing(state, Optional.ofNullable(lastError), tenure.pace(), retries.isStarting());
  }

  RegistrarCounts counts() {
    return new RegistrarCounts(registrations, pings, failures);
  }
}
