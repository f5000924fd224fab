package dev.rollcall.registrar;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.rollcall.Lease;
import dev.rollcall.LeaseSupersededException;
import dev.rollcall.RejectedException;
import dev.rollcall.Ttl;
import dev.rollcall.registrar.RegistrarStateMachine.Snapshot;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Logs each change of a registrar once, and notifies its listener of each change of state. */
final class StateChangeNotifier {
  private final Registrar registrar;
  private final RegistrarSettings settings;
  private final Keepalive keepalive;
  private final @Nullable SerialExecutor executor;

  StateChangeNotifier(Registrar registrar, RegistrarSettings settings, Keepalive keepalive) {
    this.registrar = registrar;
    this.settings = settings;
    this.keepalive = keepalive;
    this.executor = settings.hasListener() ? new SerialExecutor(keepalive.callbacks()) : null;
  }

  /** Notifies the listener, in the order of the calls. */
  void notifyListener(Snapshot before, Snapshot after) {
    if (executor != null && before.state() != after.state()) {
      keepalive.execute(
          executor, () -> settings.listener().changed(registrar, before.state(), after.state()));
    }
  }

  /** Notifies the listener of the changes that it could not be notified of before. */
  void resume() {
    if (executor != null) {
      keepalive.resume(executor);
    }
  }

  /** Logs what changed. */
  void log(Snapshot before, Snapshot after) {
    if (before.state() != after.state()) {
      logState(before.state(), after);
    }
    if (after.state() != RegistrarState.WAITING) {
      after.lastError().filter(e -> isNew(e, before.lastError())).ifPresent(this::logError);
    }
    if (before.isStarting() && !after.isStarting() && isUnregistered(after.state())) {
      log(WARNING, () -> "'" + id() + "' is not registered yet; trying again in the background");
    }
    boolean isFirst =
        before.state() == RegistrarState.REGISTERING && after.state() == RegistrarState.REGISTERED;
    if (settings.enableKeepalive()
        && (isFirst || before.pingSchedule().differsFrom(after.pingSchedule()))) {
      logSchedule(after.pingSchedule());
    }
  }

  private static boolean isUnregistered(RegistrarState state) {
    return state == RegistrarState.WAITING || state == RegistrarState.REGISTERING;
  }

  private String id() {
    return registrar.id();
  }

  private void logState(RegistrarState from, Snapshot after) {
    switch (after.state()) {
      case REGISTERED ->
          log(
              INFO,
              () ->
                  "'"
                      + id()
                      + "' is registered"
                      + (from == RegistrarState.REGISTERING ? "" : " again"));
      case LOST -> log(WARNING, () -> "'" + id() + "' is no longer registered; registering again");
      case SUPERSEDED ->
          log(WARNING, () -> "Another registration holds '" + id() + "' now; waiting for its end");
      default -> log(DEBUG, () -> "'" + id() + "' is " + after.state());
    }
  }

  /** An error of another class than the one before says something new; others are repetitions. */
  private static boolean isNew(RuntimeException e, Optional<RuntimeException> before) {
    return !(e instanceof LeaseSupersededException)
        && before.filter(last -> last.getClass() == e.getClass()).isEmpty();
  }

  private void logError(RuntimeException e) {
    log(
        e instanceof RejectedException ? ERROR : WARNING,
        () -> "'" + id() + "' could not register, update or ping: " + e.getMessage());
  }

  private void logSchedule(PingSchedule pings) {
    registrar
        .lease()
        .map(Lease::ttl)
        .filter(ttl -> !ttl.equals(Ttl.bounded(ttl)))
        .ifPresent(
            ttl ->
                log(
                    WARNING,
                    () ->
                        "The registry gives '"
                            + id()
                            + "' a lease of "
                            + ttl
                            + "; leases last "
                            + Ttl.MIN
                            + " to "
                            + Ttl.MAX
                            + ", so "
                            + Ttl.bounded(ttl)
                            + " is assumed"));
    Duration interval = Duration.ofNanos(pings.intervalNanos());
    if (interval.compareTo(settings.keepaliveInterval()) < 0) {
      log(
          WARNING,
          () ->
              "A keepaliveInterval of "
                  + settings.keepaliveInterval()
                  + " could lose the lease of '"
                  + id()
                  + "'; it pings every "
                  + interval);
    }
    Duration timeout = Duration.ofNanos(pings.timeoutNanos());
    if (timeout.compareTo(settings.timeout()) < 0) {
      log(
          settings.isDefaultTimeout() ? DEBUG : WARNING,
          () ->
              "With a timeout of "
                  + settings.timeout()
                  + " one ping that hangs could cost the lease of '"
                  + id()
                  + "'; a ping gets "
                  + timeout);
    }
  }

  void abandoned() {
    log(ERROR, () -> "The executor was shut down; '" + id() + "' is no longer kept registered");
  }

  void deregistered() {
    log(INFO, () -> "'" + id() + "' is deregistered");
  }

  void couldNotDeregister(RuntimeException e) {
    if (e instanceof LeaseSupersededException) {
      log(INFO, () -> "'" + id() + "' is left to the registration that holds it now");
    } else {
      couldNotDeregister(String.valueOf(e.getMessage()));
    }
  }

  void couldNotDeregister(String why) {
    log(WARNING, () -> "'" + id() + "' could not be deregistered; its lease will end: " + why);
  }

  /** Logs without delaying other registrars. */
  private void log(Level level, Supplier<String> message) {
    keepalive.runAside(() -> Log.log(level, message));
  }
}
