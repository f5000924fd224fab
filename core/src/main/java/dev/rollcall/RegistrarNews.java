package dev.rollcall;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells of what changes: the log of each change once, the listener of each change of state. */
final class RegistrarNews {
  private final Registrar registrar;
  private final RegistrarSettings settings;
  private final @Nullable Announcer announcer;

  RegistrarNews(Registrar registrar, RegistrarSettings settings, Keepalive keepalive) {
    this.registrar = registrar;
    this.settings = settings;
    this.announcer = settings.listener() == null ? null : new Announcer(keepalive.callbacks());
  }

  /** Tells the listener, in the order of the calls. */
  void announce(Standing before, Standing after) {
    if (announcer != null && before.state() != after.state()) {
      announcer.announce(
          () -> settings.listener().changed(registrar, before.state(), after.state()));
    }
  }

  /** Tells the log. */
  void log(Standing before, Standing after) {
    if (before.state() != after.state()) {
      logState(before.state(), after);
    }
    if (after.state() != RegistrarState.WAITING) {
      after.lastError().filter(e -> isNews(e, before.lastError())).ifPresent(this::logError);
    }
    if (before.isStarting() && !after.isStarting() && after.lastError().isPresent()) {
      log(WARNING, "'%s' is not registered yet; trying on".formatted(id()));
    }
    boolean isFirst =
        before.state() == RegistrarState.REGISTERING && after.state() == RegistrarState.REGISTERED;
    if (settings.enableKeepalive() && (isFirst || !before.pace().equals(after.pace()))) {
      logPace(after.pace());
    }
  }

  private String id() {
    return registrar.id();
  }

  private void logState(RegistrarState from, Standing after) {
    switch (after.state()) {
      case REGISTERED ->
          log(
              INFO,
              "'%s' is registered%s"
                  .formatted(id(), from == RegistrarState.REGISTERING ? "" : " again"));
      case LOST -> log(WARNING, "'%s' is registered no longer; registering again".formatted(id()));
      case SUPERSEDED ->
          log(WARNING, "Another registration holds '%s' now; waiting for its end".formatted(id()));
      default -> log(DEBUG, "'%s' is %s".formatted(id(), after.state()));
    }
  }

  /** An error of another kind than the one before says something new; the rest are repetitions. */
  private static boolean isNews(RuntimeException e, Optional<RuntimeException> before) {
    return !(e instanceof LeaseSupersededException)
        && before.filter(last -> last.getClass() == e.getClass()).isEmpty();
  }

  private void logError(RuntimeException e) {
    log(
        e instanceof RejectedException ? ERROR : WARNING,
        "'%s' could not register or ping: %s".formatted(id(), e.getMessage()));
  }

  private void logPace(Pace pace) {
    Duration interval = Duration.ofNanos(pace.intervalNanos());
    if (interval.compareTo(settings.keepaliveInterval()) < 0) {
      log(
          WARNING,
          "A keepaliveInterval of %s could lose the lease of '%s'; it pings every %s"
              .formatted(settings.keepaliveInterval(), id(), interval));
    }
    Duration timeout = Duration.ofNanos(pace.timeoutNanos());
    if (timeout.compareTo(settings.timeout()) < 0) {
      log(
          settings.lowersTimeoutSilently() ? DEBUG : WARNING,
          "A timeout of %s could lose the lease of '%s' to one ping that hangs; a ping gets %s"
              .formatted(settings.timeout(), id(), timeout));
    }
  }

  void abandoned() {
    log(ERROR, "The executor was shut down; '%s' is not kept registered any more".formatted(id()));
  }

  void deregistered() {
    log(INFO, "'%s' is deregistered".formatted(id()));
  }

  void couldNotDeregister(RuntimeException e) {
    if (e instanceof LeaseSupersededException) {
      log(INFO, "'%s' is left to the registration that holds it now".formatted(id()));
    } else {
      couldNotDeregister(e.getMessage());
    }
  }

  void couldNotDeregister(@Nullable String why) {
    log(WARNING, "'%s' could not be deregistered, its lease will end: %s".formatted(id(), why));
  }

  private static void log(Level level, String message) {
    try {
      Keepalive.LOG.log(level, message);
    } catch (RuntimeException e) {
      // A log that fails is not worth a registration.
    }
  }
}
