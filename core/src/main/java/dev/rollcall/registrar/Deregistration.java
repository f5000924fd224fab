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
 * The end of a registration. A registry that is too busy and says when to come back has not looked
 * at the call, as happens when all services of a large process end at once. It is asked again then,
 * until the registrar's timeout is over.
 */
final class Deregistration {
  private final FencedId target;
  private final RegistrarActions actions;
  private final Keepalive keepalive;
  private final RegistrarSettings settings;
  private final StateChangeNotifier notifier;
  private final Runnable whenDone;
  private final long endNanos;

  Deregistration(
      FencedId target,
      RegistrarActions actions,
      Keepalive keepalive,
      RegistrarSettings settings,
      StateChangeNotifier notifier,
      Runnable whenDone) {
    this.target = target;
    this.actions = actions;
    this.keepalive = keepalive;
    this.settings = settings;
    this.notifier = notifier;
    this.whenDone = whenDone;
    this.endNanos = keepalive.now() + settings.timeout().toNanos();
  }

  /** Begins. Whatever fails, what follows runs when this is done. */
  void begin() {
    AtomicBoolean isOpen = new AtomicBoolean(true);
    try {
      Future<?> limit = limit(isOpen);
      var unused =
          actions
              .deregister(target)
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

  /** Limits the wait for an answer: an {@code Error} may have kept it from ever coming. */
  private Future<?> limit(AtomicBoolean isOpen) {
    if (actions.isBlocking() || keepalive.isEnded()) {
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
    boolean triesAgain = false;
    try {
      if (error == null) {
        notifier.deregistered();
      } else {
        RuntimeException reason = RegistrarActions.reasonOf(error);
        triesAgain = planRetry(reason);
        if (!triesAgain) {
          notifier.couldNotDeregister(reason);
        }
      }
    } finally {
      if (!triesAgain) {
        whenDone.run();
      }
    }
  }

  /** Plans another try if the registry asked for one and there is time. Returns whether it did. */
  private boolean planRetry(RuntimeException e) {
    Optional<Duration> asked =
        e instanceof RegistryUnavailableException unavailable
            ? unavailable.retryAfter()
            : Optional.empty();
    if (asked.isEmpty()) {
      return false;
    }
    long left = endNanos - keepalive.now();
    long wait = Backoff.retryAfter(asked.get(), Math.max(0, left), settings.random());
    if (wait >= left) {
      return false;
    }
    try {
      var unused = keepalive.schedule(wait, this::begin);
      return true;
    } catch (Throwable noTimer) {
      return false; // the lease will end by itself
    }
  }
}
