package dev.rollcall.registrar;

import dev.rollcall.RegistryUnavailableException;
import dev.rollcall.registrar.HeldLease.FencedId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The end of a registration. Where the registry asks to be left alone for a while, it has not
 * looked at the call, as when all services of a process end at once and are more than it takes on:
 * then it is asked again, until the registrar's timeout.
 */
final class Deregistration {
  private final FencedId registered;
  private final RegistrarActions actions;
  private final Keepalive keepalive;
  private final RegistrarSettings settings;
  private final StateChangeNotifier notifier;
  private final Runnable whenDone;
  private final long endNanos;

  Deregistration(
      FencedId registered,
      RegistrarActions actions,
      Keepalive keepalive,
      RegistrarSettings settings,
      StateChangeNotifier notifier,
      Runnable whenDone) {
    this.registered = registered;
    this.actions = actions;
    this.keepalive = keepalive;
    this.settings = settings;
    this.notifier = notifier;
    this.whenDone = whenDone;
    this.endNanos = keepalive.now() + settings.timeout().toNanos();
  }

  /** Begins, and runs what follows when it is done, whatever fails meanwhile. */
  void begin() {
    AtomicBoolean isOpen = new AtomicBoolean(true);
    try {
      Future<?> limit = limit(isOpen);
      var unused =
          actions
              .deregister(registered)
              .whenComplete(
                  (service, error) -> {
                    if (isOpen.compareAndSet(true, false)) {
                      limit.cancel(false);
                      answered(error);
                    }
                  });
    } catch (Throwable e) {
      if (isOpen.compareAndSet(true, false)) {
        answered(e);
      }
    }
  }

  /** Sets a limit to the wait for an answer that an error may have kept from ever coming. */
  private Future<?> limit(AtomicBoolean isOpen) {
    if (actions.isDeregistrationWaitedFor() || keepalive.isEnded()) {
      return CompletableFuture.completedFuture(null);
    }
    return keepalive.schedule(
        settings.timeout().toNanos() + RegistrarDriver.LATE_NANOS,
        () -> {
          if (isOpen.compareAndSet(true, false)) {
            answered(
                new RegistryUnavailableException(
                    "no answer within " + settings.timeout(), null, null));
          }
        });
  }

  private void answered(@Nullable Throwable error) {
    boolean goesOn = false;
    try {
      if (error == null) {
        notifier.deregistered();
      } else {
        RuntimeException reason = RegistrarActions.reasonOf(error);
        goesOn = isBegunAgain(reason);
        if (!goesOn) {
          notifier.couldNotDeregister(reason);
        }
      }
    } finally {
      if (!goesOn) {
        whenDone.run();
      }
    }
  }

  /** Returns whether there is time for another try. */
  private boolean isBegunAgain(RuntimeException e) {
    Optional<Duration> asked =
        e instanceof RegistryUnavailableException unavailable
            ? unavailable.retryAfter()
            : Optional.empty();
    if (asked.isEmpty()) {
      return false;
    }
    long left = endNanos - keepalive.now();
    long rest = Backoff.rest(asked.get(), Math.max(0, left), settings.random());
    if (rest >= left) {
      return false;
    }
    try {
      var unused = keepalive.schedule(rest, this::begin);
      return true;
    } catch (Throwable noTimer) {
      return false; // its lease will end
    }
  }
}
